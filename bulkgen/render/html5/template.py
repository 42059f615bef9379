"""The page of a banner as text. Pure.

No policy (CSP) is stated: networks put scripts and pixels of their own into the page. It asks for nothing outside its
folder by itself, and tests hold that.
"""

from __future__ import annotations

import html

# What is inside waits for the pictures: a banner that moves before they are there is seen half.
_PLAYER = """<script>
(function(){
var page=document.documentElement,films=[].slice.call(document.querySelectorAll("video")),timers=[];
function begin(again){
timers.forEach(clearTimeout);
timers=films.map(function(film){
if(again)film.load();
return setTimeout(function(){var p=film.play();if(p)p.catch(function(){})},film.dataset.at*1000)})}
if(films.length)document.addEventListener("animationiteration",function(e){if(e.target.id==="ad")begin(true)});
addEventListener("load",function(){page.classList.remove("wait");if(films.length)begin()});
})();
</script>"""

_BY_KEY = " onkeydown=\"if(event.key==='Enter')this.click()\""

_WAIT = '<script>document.documentElement.classList.add("wait")</script>'


def page_text(
    *, title: str, size: tuple[int, int], head: str, click: str, rules: str, markup: str, has_films: bool
) -> str:
    width, height = size
    # The texts of the banner are pictures, so its title is also what the link is called.
    name = html.escape(title)
    # No link with a script as its address, as networks show it: in the sandboxed frames they use it opens nothing.
    ad = f'<div id="ad"{" class=m style=animation-name:clock" if has_films else ""}>'
    clock = "@keyframes clock{to{outline-color:transparent}}\n" if has_films else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="ad.size" content="width={width},height={height}">
<title>{name}</title>
{head}
{_WAIT}
<style>
html,body{{margin:0;padding:0}}
#click{{display:block;width:{width}px;height:{height}px;cursor:pointer;-webkit-tap-highlight-color:transparent}}
#ad{{position:relative;width:{width}px;height:{height}px;overflow:hidden}}
#ad div,#ad i,#ad video{{position:absolute;display:block;pointer-events:none}}
#ad div{{left:0;top:0;width:0;height:0}}
#ad .w{{width:{width}px;height:{height}px}}
#ad video{{object-fit:cover}}
.wait .m{{animation-play-state:paused!important}}
{rules}{clock}</style>
</head>
<body>
<div id="click" role="link" tabindex="0" aria-label="{name}" onclick="{html.escape(click)}"{_BY_KEY}>
{ad}
{markup}
</div>
</div>
{_PLAYER}
</body>
</html>
"""

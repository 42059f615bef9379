"""Where films touch the machine: the extra that may be missing, memory, the terminal, and files made to do harm."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

# What each script starts with: the cases of this folder, and how to draw one of them.
_PREAMBLE = f"""
import resource, sys
sys.path[:0] = [{str(ROOT)!r}, {str(HERE)!r}]
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    whole = _PREAMBLE + textwrap.dedent(script)
    return subprocess.run([sys.executable, "-c", whole, *arguments], capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("kind", ["mp4", "gif"])
def test_without_the_extra_a_film_says_what_to_install(kind: str) -> None:
    found = run(
        """
        sys.modules["av"] = None
        from motion_cases import moving_design
        from rendering_cases import FONTS, FORMAT, layer
        from bulkgen.render.banner import render_banner
        from bulkgen.render.failures import RenderError
        title = layer("title", "text", (20, 20, 360, 60), payload="Sale", font_size=40)
        try:
            render_banner(moving_design(title, duration=0.5), FORMAT, {}, {}, FONTS, file_type=sys.argv[1])
        except RenderError as error:
            print(error.reason)
        print(render_banner(moving_design(title, duration=0.5), FORMAT, {}, {}, FONTS, file_type="png").file_type)
        """,
        kind,
    )
    assert found.stderr == ""
    said, still = found.stdout.splitlines()
    assert "pip install 'bulkgen[video]'" in said
    assert still == "png"


def test_a_still_banner_never_loads_the_video_library() -> None:
    """It takes a tenth of a second and thirty megabytes in every worker."""
    found = run(
        """
        from rendering_cases import FONTS, FORMAT, design, layer
        import bulkgen.render.motion, bulkgen.render.clip
        from bulkgen.render.banner import render_banner
        title = layer("title", "text", (20, 20, 360, 60), payload="Sale", font_size=40)
        render_banner(design(title), FORMAT, {}, {}, FONTS)
        print("av" in sys.modules)
        """
    )
    assert found.stdout.strip() == "False", found.stderr


def test_films_good_and_bad_leave_the_terminal_alone() -> None:
    """The coders like to talk; their words would stand between the lines of a progress bar."""
    found = run(
        """
        from film_cases import PlainClip, steady, tone, wav
        from bulkgen.render.failures import RenderError
        from bulkgen.render.gif import encode_gif
        from bulkgen.render.media import VideoSource
        from bulkgen.render.mp4 import encode_mp4
        from bulkgen.render.soundtrack import Soundtrack, Track
        body = steady(30, sound=tone(3))
        encode_mp4(PlainClip(64, 48, 1.0), Soundtrack([Track("a", wav(1), speed=0.5)], 1.0))
        encode_gif(PlainClip(64, 48, 1.0))
        for broken in (body[:2000], body[:1500] + bytes(800) + body[2300:], body.replace(b"avc1", b"avc9")):
            try:
                VideoSource(broken).at(2, 64, 48)
            except RenderError as error:
                print("refused")
        """
    )
    assert found.stderr == ""
    assert "refused" in found.stdout


_PEAK = """
from film_cases import PlainClip, steady, wav
from bulkgen.render.gif import encode_gif
from bulkgen.render.media import VideoSource
from bulkgen.render.mp4 import encode_mp4
from bulkgen.render.soundtrack import Soundtrack, Track

kind, seconds = sys.argv[1], float(sys.argv[2])

class WithFilm(PlainClip):
    source = VideoSource(steady(600, 10, options={'preset': 'ultrafast'}))

    def frame(self, time_s):
        pixels = super().frame(time_s)
        pixels[:48, :64] = self.source.at(time_s, 64, 48).pixels
        return pixels

clip = WithFilm(320, 240, seconds)
sound = wav(60)
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if kind == "mp4":
    body = encode_mp4(clip, Soundtrack([Track("a", sound, speed=1.2)], seconds), 10)
else:
    body = encode_gif(clip)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, len(body))
"""


@pytest.mark.parametrize("kind", ["mp4", "gif"])
def test_memory_does_not_grow_with_the_length(kind: str) -> None:
    """A worker has half a gigabyte; a minute of frames held has eight times that."""
    peaks, sizes = [], []
    for seconds in ("5", "60"):
        found = run(_PEAK, kind, seconds)
        assert found.returncode == 0, found.stderr
        peak, size = found.stdout.split()
        peaks.append(int(peak) * 1024)
        sizes.append(int(size))
    # Beside the file itself, a few copies of it at most; 495 frames more would have 150 MB.
    assert peaks[1] - peaks[0] < 30_000_000 + 3 * (sizes[1] - sizes[0])


def test_damaged_films_and_sounds_are_refused_or_play_and_end_no_process() -> None:
    """In a process of its own, since what is feared is a crash; `film_fuzz.py` takes a larger count."""
    found = subprocess.run(
        [sys.executable, str(HERE / "film_fuzz.py"), "44"],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    assert found.returncode == 0, found.stderr[-2000:]
    assert sum(int(line.split()[-2]) for line in found.stdout.splitlines() if line.endswith("played")) == 44
    assert "the video is damaged" in found.stdout

"""Films and sounds with damage of all sorts: each must play or be refused with a reason, and never end the process.

python tests/unit/render/film_fuzz.py 5500       five hundred of each kind in half a minute; says how many played, and
                                                 ends at the first that crashes, hangs, or raises what is no reason
"""

from __future__ import annotations

import faulthandler
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import film_cases as cases

from bulkgen.render.failures import RenderError
from bulkgen.render.media import VideoSource
from bulkgen.render.sound import SoundSource

# A clip's own length bounds what is asked of a source; so here.
_SECONDS = 10
_HANGS_S = 30

_EXTREMES = (b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00\x00\x00\x01")


def films() -> dict[str, bytes]:
    tone = cases.tone(2)
    return {
        "mp4": cases.steady(20, sound=tone),
        "mp4, index last": cases.steady(20, kind="mov", keyframes=5),
        "hevc": cases.steady(20, codec="libx265", options={"x265-params": "log-level=0"}),
        "vp9": cases.steady(20, kind="webm", codec="libvpx-vp9", sound=tone),
        "vp8": cases.steady(20, kind="webm", codec="libvpx"),
        "10 bit": cases.steady(20, pixel_format="yuv420p10le"),
        "mpeg4": cases.steady(20, codec="mpeg4"),
        "prores": cases.steady(8, kind="mov", codec="prores_ks", pixel_format="yuv422p10le"),
    }


def sounds() -> dict[str, bytes]:
    return {"wav": cases.wav(2), "mp3": cases.mp3(2), "m4a": cases.steady(4, sound=cases.tone(2))}


def mutated(body: bytes, chance: random.Random) -> bytes:
    """One to five damages, most of them near the start, where the structure is."""
    found = bytearray(body)
    for _ in range(chance.randint(1, 5)):
        size = len(found)
        if size < 16:
            break
        reach = size if chance.random() < 0.5 else min(size, 1_500)
        at = chance.randrange(reach - 8)
        match chance.randrange(7):
            case 0:
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                found[at : at + 4] = chance.choice(_EXTREMES)
            case 2:
                del found[at : at + chance.randint(1, 200)]
            case 3:
                found[at:at] = found[at : at + chance.randint(1, 200)]
            case 4:
                found[at : at + 16] = chance.randbytes(16)
            case 5:
                del found[at:]
            case _:
                found[at : at + 4] = found[(at * 7) % (size - 4) : (at * 7) % (size - 4) + 4]
    return bytes(found)


def watch(body: bytes) -> None:
    source = VideoSource(body)
    for time_s in (0.0, 0.4, 1.9, 0.1, _SECONDS):
        source.at(time_s, 64, 48)
    source.close()


def hear(body: bytes) -> None:
    heard = 0
    for chunk in SoundSource(body).chunks():
        heard += chunk.shape[1]
        if heard > _SECONDS * cases.RATE_HZ:
            break


def outcome(use: Callable[[bytes], None], body: bytes) -> str:
    try:
        use(body)
    except RenderError as error:
        return str(error)
    return "plays"


def attempts(count: int) -> Iterator[tuple[str, int, Callable[[bytes], None], bytes]]:
    """Spread over all kinds; the seed makes the same bytes again."""
    uses = [(f"film: {name}", watch, body) for name, body in films().items()]
    uses += [(f"sound: {name}", hear, body) for name, body in sounds().items()]
    for seed in range(count):
        name, use, body = uses[seed % len(uses)]
        yield name, seed, use, mutated(body, random.Random(seed))


def main() -> None:
    count = int(sys.argv[1])
    played: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for name, seed, use, body in attempts(count):
        # Before the attempt, so that the last line names the one that ended the process.
        sys.stderr.write(f"\r{name} seed {seed}          ")
        sys.stderr.flush()
        faulthandler.dump_traceback_later(_HANGS_S, exit=True)
        said = outcome(use, body)
        faulthandler.cancel_dump_traceback_later()
        tried[name] += 1
        played[name] += said == "plays"
        reasons[said.partition(":")[0]] += 1
    sys.stderr.write("\n")
    for name, number in tried.items():
        print(f"{name}: {played[name]} of {number} played")
    for reason, number in reasons.most_common():
        print(f"{number} {reason}")


if __name__ == "__main__":
    faulthandler.enable()
    main()

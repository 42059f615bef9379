"""The music of the story: eight seconds that can be played round and round, made of sines and a little noise.

    python templates/artwork/music.py

Four chords of a bar each at 120 beats a minute: a warm pad, a plucked figure over it that echoes from side to side, a
soft beat and a shaker. What rings past the end comes back in at the beginning, so that the seam is not heard. Needs
PyAV for the MP3.
"""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

TARGET = Path(__file__).resolve().parents[1] / "story-motion" / "audio" / "evening.mp3"
RATE = 48_000
BEAT = 0.5
BARS = 4
LENGTH = round(BARS * 4 * BEAT * RATE)
BIT_RATE = 128_000

Mono = npt.NDArray[np.float64]

# Of each bar: the bass, the chord, and the figure that is plucked from it, as MIDI notes.
BARS_OF_NOTES = (
    (38, (57, 60, 65, 69), (74, 69, 77, 72, 69, 77, 72, 69)),
    (34, (58, 62, 65, 69), (74, 70, 77, 74, 69, 77, 74, 70)),
    (41, (57, 60, 65, 67), (72, 69, 79, 72, 67, 77, 72, 69)),
    (36, (55, 60, 64, 67), (71, 67, 76, 72, 67, 76, 74, 71)),
)


def hertz(note: int) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def add(track: Mono, sound: Mono, start_s: float) -> None:
    """Into a loop: what is past the end begins again at the front."""
    at = (round(start_s * RATE) + np.arange(len(sound))) % LENGTH
    np.add.at(track, at, sound)


def pad(note: int, seconds: float, detune: float) -> Mono:
    """A few sines that beat against each other, slow to come and slow to go."""
    time = np.arange(round((seconds + 1.2) * RATE)) / RATE
    voice = np.zeros_like(time)
    for harmonic, strength in ((1, 1.0), (2, 0.34), (3, 0.13), (4, 0.05)):
        for shift in (-detune, detune):
            pitch = hertz(note) * harmonic * 2 ** (shift / 1200)
            voice += strength * np.sin(2 * np.pi * pitch * time + harmonic + shift)
    rise, fall = np.clip(time / 0.55, 0, 1), np.clip((seconds + 1.2 - time) / 1.2, 0, 1)
    return np.asarray(voice * np.sin(rise * np.pi / 2) ** 2 * np.sin(fall * np.pi / 2) ** 2)


def pluck(note: int) -> Mono:
    """A mallet on a bar of wood: its overtones die before it does."""
    time = np.arange(round(1.4 * RATE)) / RATE
    voice = np.sin(2 * np.pi * hertz(note) * time) * np.exp(-time / 0.34)
    voice += 0.28 * np.sin(2 * np.pi * hertz(note) * 3.93 * time) * np.exp(-time / 0.06)
    voice += 0.10 * np.sin(2 * np.pi * hertz(note) * 9.1 * time) * np.exp(-time / 0.02)
    return np.asarray(voice * np.clip(time / 0.003, 0, 1))


def bass(note: int, seconds: float) -> Mono:
    time = np.arange(round(seconds * RATE)) / RATE
    voice = np.sin(2 * np.pi * hertz(note) * time) + 0.30 * np.sin(4 * np.pi * hertz(note) * time)
    return np.asarray(voice * np.clip(time / 0.02, 0, 1) * np.exp(-time / 0.9) * np.clip((seconds - time) / 0.06, 0, 1))


def kick() -> Mono:
    time = np.arange(round(0.30 * RATE)) / RATE
    return np.asarray(np.sin(2 * np.pi * (46 * time + 3.2 * (1 - np.exp(-time / 0.035)))) * np.exp(-time / 0.085))


def shaker(rng: np.random.Generator) -> Mono:
    time = np.arange(round(0.09 * RATE)) / RATE
    noise = np.diff(rng.normal(0, 1, len(time) + 2), 2)
    return np.asarray(noise * np.clip(time / 0.012, 0, 1) * np.exp(-time / 0.02))


def room(dry: Mono, rng: np.random.Generator) -> Mono:
    """The tail of a large room, wrapped round the loop."""
    time = np.arange(round(1.8 * RATE)) / RATE
    tail = rng.normal(0, 1, len(time)) * np.exp(-time / 0.42) * np.clip(time / 0.015, 0, 1)
    # Walls take the highs first.
    tail = np.convolve(tail, np.hanning(24) / np.hanning(24).sum(), "same")
    tail /= np.sqrt((tail**2).sum())
    return np.asarray(np.fft.irfft(np.fft.rfft(dry) * np.fft.rfft(tail, LENGTH), LENGTH))


def compose() -> npt.NDArray[np.float32]:
    """Two rows of samples, left and right."""
    rng = np.random.default_rng(8)
    left, right = np.zeros(LENGTH), np.zeros(LENGTH)
    plucked = (np.zeros(LENGTH), np.zeros(LENGTH))
    for bar, (low, chord, figure) in enumerate(BARS_OF_NOTES):
        start = bar * 4 * BEAT
        for note in chord:
            add(left, 0.052 * pad(note, 4 * BEAT, 4.0), start)
            add(right, 0.052 * pad(note, 4 * BEAT, 5.5), start)
        for beat, seconds in ((0.0, 1.5), (2.5, 0.7)):
            tone = 0.24 * bass(low, seconds)
            add(left, tone, start + beat * BEAT)
            add(right, tone, start + beat * BEAT)
        for step, note in enumerate(figure):
            loud = 0.115 if step % 2 == 0 else 0.075
            add(plucked[0], loud * pluck(note), start + step * BEAT / 2 + rng.uniform(0, 0.006))
        for beat in range(4):
            thump = (0.34 if beat % 2 == 0 else 0.22) * kick()
            add(left, thump, start + beat * BEAT)
            add(right, thump, start + beat * BEAT)
            for half, loud in ((0.0, 0.006), (0.5, 0.016)):
                tick = loud * shaker(rng)
                add(left, tick * 0.7, start + (beat + half) * BEAT)
                add(right, tick, start + (beat + half) * BEAT)
    # Echoes of three eighths, to the one side and to the other.
    dry = plucked[0].copy()
    for echo in range(1, 5):
        plucked[echo % 2][:] += np.roll(dry, round(echo * 0.75 * BEAT * RATE)) * 0.42**echo
    left += plucked[0] * 0.9 + plucked[1] * 0.35
    right += plucked[0] * 0.55 + plucked[1] * 0.9
    left, right = left + 0.30 * room(left * 0.6 + dry, rng), right + 0.30 * room(right * 0.6 + dry, rng)
    both = np.tanh(1.1 * np.stack([left, right]))
    return np.asarray(both / np.abs(both).max() * 0.82, np.float32)


def mp3_of(samples: npt.NDArray[np.float32]) -> bytes:
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp3") as container:
        track = container.add_stream("libmp3lame", rate=RATE, layout="stereo")
        track.bit_rate = BIT_RATE
        track.codec_context.format = "fltp"
        for start in range(0, samples.shape[1], 1_152):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[:, start : start + 1_152]), "fltp", "stereo"
            )
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return stream.getvalue()


def main() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(mp3_of(compose()))
    print(f"{TARGET.name}: {LENGTH / RATE:g} s, {TARGET.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()

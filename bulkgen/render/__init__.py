"""Design and overrides -> the bytes of a picture, a film or a print. No socket, no clock, no state of its own.

```
design + overrides -> scene -> layout (fonts, text) -> painters (by layer type) -> encoders (by file type)
                        pictures (bytes) ------------------^
                                                                                -> clip -> mp4, gif, html5 (`motion`)
                                                                                -> inks, plates (`printing`)
```

Three tables are the seams: `painters.PAINTERS` by layer type, `encoders.ENCODERS` by file type of a picture, and the
makers of `motion`. Everything up to the painters works without the drawing library; importing this package imports
nothing heavy, so that hosted runs and `--help` do not need it.

Left out: fetching (the caller hands in bytes by reference), and checking overrides against the API's bounds (`wire`).
"""

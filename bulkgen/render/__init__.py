"""Design and overrides to picture bytes: scene -> layout -> paint -> encode. No socket, no clock, no state of its own.

```
design + overrides -> scene -> layout (fonts, text) -> painters (by layer type) -> encoders (by file type)
                        pictures (bytes) ------------------^
```

Two tables are the seams for what is to come: `painters.PAINTERS` by layer type, and `encoders.ENCODERS` by file type.
Everything up to the painters works without the drawing library; importing this package imports nothing heavy, so that
hosted runs and `--help` do not need it.

Left out: fetching (the caller hands in bytes by reference), and checking overrides against the API's bounds (`wire`).
"""

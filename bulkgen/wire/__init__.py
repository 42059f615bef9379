"""What both sides of the generation API share: client (`engine`) and server (`studio`).

Standard library only, no I/O. Sections named in docstrings ("reference 2.6") are those of the API reference
that the project is built against; `docs/architecture.md` says how it was read.
"""

"""The embedded generation server: speaks the generation API and really renders.

Of bulkgen it imports `wire` and `render`, nothing else, so that it can be served alone. `server.StudioServer` is
the way in; `docs/studio.md` says what it does not imitate.
"""

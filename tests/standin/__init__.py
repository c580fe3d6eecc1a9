"""Publishers on a local port, each as the real one answers, with made-up figures and the faults that they have.

- `faults`: what any of them can answer in place of figures
- `sources/tiny`: a made-up source, for tests of what is the same for all
- a module a publisher: `install(server, fault=...)` makes a running server answer as it does
"""

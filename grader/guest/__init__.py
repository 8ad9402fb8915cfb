"""The untrusted side: everything here is visible to student code and may be rewritten by it. It holds no answers.

Only the standard library, NumPy and, for notebooks, IPython are imported. The package is loaded by file location under
the name `guest`, so its modules import one another relatively. A guest process is one of three:

- the *zygote* (`zygote.py`): preloaded, knows no submission, forks one M per submission;
- *M* (`serve.py`): loads one submission once (`load.py`, `notebook.py`), then forks one C per check;
- *C* (`serve.py`): answers the calls of one check and dies.

`wire.py` is the only module that the trusted side uses as well.
"""

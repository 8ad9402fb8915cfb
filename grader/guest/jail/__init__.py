"""What keeps student code in, on Linux: set up by the zygote and by M before one byte of the student's is read.

`namespaces` is rung A: a world of its own, with a file system that holds nothing but what may be read. Rung B is what
is left without namespaces. On both, `confine` takes from a process every right that it does not need: capabilities,
files (`landlock`), system calls (`seccomp`), and more than its share of the machine.
"""

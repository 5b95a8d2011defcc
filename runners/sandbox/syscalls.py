"""A seccomp filter for the inside: system calls that no namespace holds back, refused as if unknown to it.

Namespaces hide the machine's network and files, not its kernel: keys of the user's session, sockets to the
hypervisor (AF_VSOCK) and new user namespaces would stay within reach.
"""

import errno
import platform
import struct

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_NEW_NAMESPACES = 0x7E020080  # the flags CLONE_NEW… of clone and unshare
_X32 = 0x40000000  # x86's second table of numbers
_FAMILIES = (1, 2, 10, 16)  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK: what namespaces do hold
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_REFUSED = {  # name: number on x86_64, on aarch64
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "setns": (308, 268), "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "open_by_handle_at": (304, 265),
    "syslog": (103, 116), "quotactl": (179, 60), "swapon": (167, 224), "swapoff": (168, 225),
    "reboot": (169, 142), "acct": (163, 89), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442),
}  # fmt: skip
_CLONE, _UNSHARE, _SOCKET, _CLONE3 = (56, 220), (272, 97), (41, 198), 435


def system_call_filter(machine: str | None = None) -> bytes:
    """The filter as classic BPF, for bubblewrap's `--seccomp`; empty on a processor it is not written for."""
    machine = machine or platform.machine()
    if machine not in _AUDIT:
        return b""
    column = 0 if machine == "x86_64" else 1
    refuse = _answer(errno.EPERM)
    # each block ends with the answer, or falls through to the next
    program = [_op(_LOAD, _ARCHITECTURE), _op(_EQUAL, _AUDIT[machine], 1, 0), refuse]
    program += [_op(_LOAD, _NUMBER), _op(_AT_LEAST, _X32, 0, 1), refuse]
    for numbers in _REFUSED.values():
        program += [_op(_EQUAL, numbers[column], 0, 1), refuse]
    # its flags lie behind a pointer; the C library falls back to clone
    program += [_op(_EQUAL, _CLONE3, 0, 1), _answer(errno.ENOSYS)]
    for call in (_CLONE[column], _UNSHARE[column]):
        program += [
            _op(_EQUAL, call, 0, 4), _op(_LOAD, _FIRST_ARGUMENT),
            _op(_ANY_BIT, _new_namespaces(call, column), 0, 1), refuse, _op(_RETURN, _ALLOW),
        ]  # fmt: skip
    program += [_op(_EQUAL, _SOCKET[column], 0, 2 + len(_FAMILIES)), _op(_LOAD, _FIRST_ARGUMENT)]
    for nth, family in enumerate(_FAMILIES):
        program += [_op(_EQUAL, family, len(_FAMILIES) - nth, 0)]
    program += [_answer(errno.EAFNOSUPPORT), _op(_RETURN, _ALLOW)]
    return b"".join(program)


def _new_namespaces(call: int, column: int) -> int:
    """In clone the lowest byte is the signal at the child's end, not a flag."""
    return _NEW_NAMESPACES & ~0xFF if call == _CLONE[column] else _NEW_NAMESPACES


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One instruction; jumps count the instructions that follow."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _answer(number: int) -> bytes:
    return _op(_RETURN, _REFUSE | number)

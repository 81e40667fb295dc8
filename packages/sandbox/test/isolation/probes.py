"""What a hostile command could try. Prints one JSON object: each probe is "closed" or says what it found open."""
import ctypes, errno, fcntl, json, mmap, os, resource, signal, socket, struct, sys, time

libc = ctypes.CDLL(None, use_errno=True)
found = {}


def probe(name):
    def register(function):
        try:
            answer = function()
        except OSError as fault:
            answer = None if fault.errno is not None else repr(fault)
        except Exception as fault:  # A probe that breaks has shown nothing.
            answer = "broken: " + repr(fault)
        found[name] = "closed" if answer in (None, False) else str(answer)
        return function

    return register


def call(number, *arguments):
    """In a process of its own: what a call does to its caller must not reach the other probes."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, (attempt(number, *arguments) or "").encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    answer = os.read(reader, 100).decode()
    os.close(reader)
    return answer or None


def attempt(number, *arguments):
    """None when it was refused; the wrong arguments of an open door are refused with something else than EPERM."""
    ctypes.set_errno(0)
    result = libc.syscall(number, *[ctypes.c_long(value) if isinstance(value, int) else value for value in arguments])
    if result >= 0:
        return "done"
    code = ctypes.get_errno()
    return None if code in (errno.EPERM, errno.EACCES, errno.ENOSYS) else errno.errorcode.get(code, str(code))


status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
buffer = ctypes.create_string_buffer(4096)
path = ctypes.c_char_p(b"/tmp")
X86 = os.uname().machine == "x86_64"

probe("user")(lambda: os.getuid() == 0 or os.getgid() == 0 or 0 in os.getgroups())
probe("capabilities")(lambda: any(int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")))
probe("privileges")(lambda: status["NoNewPrivs"].strip() != "1")
probe("filter")(lambda: status["Seccomp"].strip() != "2")

for name, family, kind, protocol in [
    ("raw socket", socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    ("packet socket", socket.AF_PACKET, socket.SOCK_RAW, 0),
    ("vsock", 40, socket.SOCK_STREAM, 0),
    ("netfilter socket", socket.AF_NETLINK, socket.SOCK_RAW, 12),
    ("audit socket", socket.AF_NETLINK, socket.SOCK_RAW, 9),
    ("bluetooth socket", 31, socket.SOCK_RAW, 0),
    ("alg socket", 38, socket.SOCK_SEQPACKET, 0),
]:
    probe(name)(lambda f=family, k=kind, p=protocol: bool(socket.socket(f, k, p)))

if X86:
    calls = {
        "io_uring": (425, 1, buffer),
        "bpf": (321, 0, buffer, 120),
        "keyctl": (250, 0, -3, 0),
        "add_key": (248, ctypes.c_char_p(b"user"), ctypes.c_char_p(b"x"), buffer, 1, -3),
        "userfaultfd": (323, 0),
        "perf_event_open": (298, buffer, 0, -1, -1, 0),
        "unshare user": (272, 0x10000000),
        "unshare mount": (272, 0x00020000),
        "setns": (308, 0, 0),
        "mount": (165, path, path, 0, 4096, 0),
        "umount": (166, path, 0),
        "pivot_root": (155, path, path),
        "open_by_handle_at": (304, -1, buffer, 0),
        "init_module": (175, buffer, 0, buffer),
        "kexec_load": (246, 0, 0, 0, 0),
        "syslog": (103, 3, buffer, 4096),
        "sethostname": (170, buffer, 4),
        "settimeofday": (164, buffer, 0),
        "chroot": (161, path),
        "ptrace": (101, 0, 0, 0, 0),
        "process_vm_readv": (310, os.getppid(), buffer, 1, buffer, 1, 0),
        "personality": (135, 0x0040000),
        "iopl": (172, 3),
        "swapon": (167, path, 0),
        "quotactl": (179, 0x800007, buffer, 0, buffer),
        "fsopen": (430, ctypes.c_char_p(b"tmpfs"), 0),
        "move_mount": (429, -1, path, -1, path, 0),
        "clone namespaces": (56, 0x10000000 | 17, 0, 0, 0, 0),
        "mknod device": (133, ctypes.c_char_p(b"/tmp/device"), 0o60600, 0x0801),
        "reboot": (169, 0xFEE1DEAD, 672274793, 0, 0),
    }
    for name, arguments in calls.items():
        probe("call " + name)(lambda a=arguments: call(*a))


@probe("lending bits")
def lending_bits():
    name = "/workspace/lending"
    os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o755))
    os.chmod(name, 0o4755)
    return bool(os.stat(name).st_mode & 0o6000)


@probe("terminal input")
def terminal_input():
    leader, follower = os.openpty()
    fcntl.ioctl(follower, 0x5412, b"x")
    return "a character was put into a terminal"


probe("root file system")(lambda: not os.statvfs("/").f_flag & os.ST_RDONLY)
probe("programs in /tmp")(lambda: not os.statvfs("/tmp").f_flag & os.ST_NOEXEC)
for directory in ("/usr/bin", "/etc", "/", "/sys/fs/cgroup", "/run/clawd", "/proc/sys/kernel"):
    probe("write " + directory)(lambda d=directory: os.path.isdir(d) and open(d + "/planted", "w"))
for name in ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"):
    probe("write " + name)(lambda n=name: os.path.exists(n) and open(n, "w"))
for name in ("/var/run/docker.sock", "/run/docker.sock", "/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/kvm", "/dev/fuse"):
    probe("there is " + name)(lambda n=name: os.path.exists(n))
probe("read /proc/kcore")(lambda: os.path.exists("/proc/kcore") and open("/proc/kcore", "rb").read(1))
probe("shared memory")(lambda: os.path.isdir("/dev/shm"))


@probe("network")
def network():
    others = [name for _, name in socket.if_nameindex() if name != "lo" and not name.startswith(("sit", "tunl", "gre", "erspan", "ip6", "ip_vti", "teql"))]
    return others or None


@probe("route out")
def route_out():
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.connect(("192.0.2.1", 53))
    return "a route to 192.0.2.1"


@probe("name servers")
def name_servers():
    return open("/etc/resolv.conf").read().strip()


@probe("fill /tmp")
def fill_tmp():
    try:
        with open("/tmp/fill", "wb") as file:
            for _ in range(80):
                file.write(b"x" * 1024 * 1024)
        return "80 MB"
    finally:
        os.path.exists("/tmp/fill") and os.unlink("/tmp/fill")


@probe("one large file")
def one_large_file():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with open("/workspace/large", "wb") as file:
            file.truncate(200 * 1024 * 1024)
        return "200 MB"
    finally:
        os.path.exists("/workspace/large") and os.unlink("/workspace/large")


@probe("open files")
def open_files():
    handles = []
    try:
        for _ in range(5000):
            handles.append(os.open("/dev/null", os.O_RDONLY))
        return "5000"
    finally:
        for handle in handles:
            os.close(handle)


probe("core files")(lambda: resource.getrlimit(resource.RLIMIT_CORE) != (0, 0))


@probe("memory")
def memory():
    child = os.fork()
    if child == 0:
        block = mmap.mmap(-1, 200 * 1024 * 1024)
        for offset in range(0, len(block), 4096):
            block[offset] = 1
        os._exit(0)
    return os.WIFEXITED(os.waitpid(child, 0)[1]) and "200 MB"


@probe("processes")
def processes():
    children = []
    try:
        for _ in range(300):
            child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
            children.append(child)
        return "300"
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)


@probe("processor")
def processor():
    for name in ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu.max"):
        if os.path.exists(name):
            return open(name).read().split()[0] in ("-1", "max")
    return "no limit can be seen"


@probe("first process")
def first_process():
    seen = [name for name in ("environ", "mem", "maps") if os.access("/proc/1/" + name, os.R_OK)]
    return os.getpid() != 1 and seen or None


json.dump(found, sys.stdout)

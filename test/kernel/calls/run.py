"""Socket calls on a real kernel: the sections of a calls file, each on fresh machines. Usage: run.py FILE (as root).

The language is in docs/testing.md; its other interpreter, for netsim, is interpret.ts. Sections run at the same time; those
that follow drops (verb `verdict`, tracepoint skb:kfree_skb) one after another, because the trace is the whole machine's.
"""
import ctypes
import errno
import fcntl
import math
import os
import re
import select
import socket
import struct
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET, CLONE_NEWNS = 0x40000000, 0x00020000
ETH_P_ALL, ETH_P_IP, ETH_P_ARP, ETH_P_IPV6 = 3, 0x0800, 0x0806, 0x86DD
PACKET_TYPES = ['host', 'broadcast', 'multicast', 'otherhost', 'outgoing']
PEER, PEER_MAC, B, B_MAC = '10.0.0.9', '020000000009', '10.0.0.2', '020000000b00'
PEER_ISN = 1_000_000
# Two who speak by hand through b: device -> own address, MAC and initial number, the other's address and number, b's MAC.
ENDS = {
    'a0': (PEER, PEER_MAC, PEER_ISN, '10.0.1.9', 2_000_000, B_MAC),
    'c0': ('10.0.1.9', '020000000109', 2_000_000, PEER, PEER_ISN, '020000000b01'),
}
OPTIONS = {
    'SO_BROADCAST': (1, 6), 'SO_REUSEADDR': (1, 2), 'SO_REUSEPORT': (1, 15), 'SO_KEEPALIVE': (1, 9), 'SO_MARK': (1, 36),
    'SO_RCVBUF': (1, 8), 'SO_SNDBUF': (1, 7), 'IP_TTL': (0, 2), 'IP_TOS': (0, 1), 'IP_HDRINCL': (0, 3),
    'IP_MULTICAST_TTL': (0, 33), 'IP_MULTICAST_LOOP': (0, 34), 'IP_MTU_DISCOVER': (0, 10), 'IP_RECVERR': (0, 11),
    'TCP_NODELAY': (6, 1), 'TCP_KEEPIDLE': (6, 4), 'TCP_KEEPINTVL': (6, 5), 'TCP_KEEPCNT': (6, 6),
    'TCP_USER_TIMEOUT': (6, 18), 'TCP_SYNCNT': (6, 7),
}
CA_STATES = ['open', 'disorder', 'cwr', 'recovery', 'loss']
TCP_INFO = (
    'state ca_state retransmits probes backoff snd_wscale rcv_wscale rto ato snd_mss rcv_mss unacked sacked lost retrans fackets '
    'last_data_sent last_ack_sent last_data_recv last_ack_recv pmtu rcv_ssthresh rtt rttvar snd_ssthresh snd_cwnd advmss '
    'reordering rcv_rtt rcv_space total_retrans'
).split()


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ns(text):
    m = re.fullmatch(r'([0-9.]+)(us|ms|s)', text)
    return round(float(m[1]) * {'us': 1e3, 'ms': 1e6, 's': 1e9}[m[2]])


def bucket(gap, word):
    """A time in ns as seconds, coarse enough to be the same twice."""
    if not word.startswith('x'):
        step = ns(word)
        return (gap + step // 2) // step * step / 10**9
    base = ns(word[1:])
    return 0 if gap < base * 0.9 else base * 2 ** math.floor(math.log2(gap / base / 0.9)) / 10**9


def addr(text):
    host, port = text.split(':')
    return host, int(port)


def show_addr(a):
    return f'{a[0]}:{a[1]}'


def payload(tokens):
    """What is to be sent: "text", "A"*100, hex:0a0b; `echo ID SEQ` and `ip DST PROTO TTL ID` put a header before the rest."""
    if not tokens:
        return b''
    head, rest = tokens[0], tokens[1:]
    if head == 'echo':
        icmp = struct.pack('!BBHHH', 8, 0, 0, int(rest[0]), int(rest[1])) + payload(rest[2:])
        return icmp[:2] + struct.pack('!H', checksum(icmp)) + icmp[4:]
    if head == 'ip':
        dst, proto, ttl, ident = rest[:4]
        return struct.pack('!BBHHHBBH4s4s', 0x45, 0, 0, int(ident), 0, int(ttl), int(proto), 0, b'\0' * 4, socket.inet_aton(dst)) + payload(rest[4:])
    m = re.fullmatch(r'"([^"]*)"(?:\*(\d+))?', head)
    if m:
        return m[1].encode() * int(m[2] or 1)
    if head.startswith('hex:'):
        return bytes.fromhex(head[4:])
    raise ValueError(f'no data: {head}')


def show(data):
    if len(data) > 8 and data == data[:1] * len(data):
        return f'"{chr(data[0])}"*{len(data)}'
    if len(data) > 100 or not all(32 <= b < 127 and b != 34 for b in data):
        return f'{len(data)} bytes, sum {sum(data)}'
    return f'"{data.decode()}"'


def show_icmp(data):
    t, c, _, i, s = struct.unpack('!BBHHH', data[:8])
    return f'icmp {t}/{c} id {i} seq {s} {show(data[8:])}'


def tcp_options(raw, base):
    out, i = [], 0
    while i < len(raw) and raw[i] != 0:
        if raw[i] == 1:
            i += 1
            continue
        if raw[i] == 2:
            out.append(f'mss {struct.unpack("!H", raw[i + 2:i + 4])[0]}')
        elif raw[i] == 3:
            out.append(f'wscale {raw[i + 2]}')
        elif raw[i] == 4:
            out.append('sack')
        elif raw[i] == 8:
            out.append('ts')
        elif raw[i] == 5:
            edges = struct.unpack(f'!{(raw[i + 1] - 2) // 4}I', raw[i + 2:i + raw[i + 1]])
            out.append(f'blocks {" ".join(str((e - base) & 0xFFFFFFFF) for e in edges)}')
        i += raw[i + 1]
    return out


class Seqs:
    """Relative sequence numbers, by direction of a connection."""

    def __init__(self):
        self.base = {}

    def of(self, key, seq, syn):
        if syn or key not in self.base:
            self.base[key] = seq
        return (seq - self.base[key]) & 0xFFFFFFFF


def show_packet(proto, data, seqs, full):
    """One frame without its Ethernet header, as a line; None for what is not shown."""
    if proto == ETH_P_ARP:
        op, _, spa, _, tpa = struct.unpack('!H6s4s6s4s', data[6:28])
        spa, tpa = socket.inet_ntoa(spa), socket.inet_ntoa(tpa)
        return f'arp who-has {tpa} tell {spa}' if op == 1 else f'arp reply {spa}'
    if proto != ETH_P_IP:
        return None
    hlen, total = (data[0] & 15) * 4, struct.unpack('!H', data[2:4])[0]
    ident, frag, ttl, p = struct.unpack('!HHBB', data[4:10])
    src, dst = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
    body = data[hlen:total]
    more = f' ttl {ttl} id {"0" if ident == 0 else "N"}{" DF" if frag & 0x4000 else ""}' if full else ''
    if frag & 0x3FFF:
        return f'{src} > {dst} fragment {(frag & 0x1FFF) * 8}:{len(body)}{"+" if frag & 0x2000 else ""}{more}'
    if p == 1:
        return f'{src} > {dst} icmp {body[0]}/{body[1]}{more}'
    if p == 17:
        sport, dport, length = struct.unpack('!HHH', body[:6])
        return f'{src}:{sport} > {dst}:{dport} udp {length - 8}{more}'
    if p == 6:
        sport, dport, seq, ack, off, flags, win = struct.unpack('!HHIIBBH', body[:16])
        size = len(body) - (off >> 4) * 4
        key, back = (src, sport, dst, dport), (dst, dport, src, sport)
        text = ''.join(c for bit, c in ((2, 'S'), (1, 'F'), (4, 'R'), (8, 'P'), (16, '.')) if flags & bit) or 'none'
        line = f'{src}:{sport} > {dst}:{dport} {text} {seqs.of(key, seq, flags & 2)}:{size}'
        if flags & 16:
            line += f' ack {(ack - seqs.base.get(back, 0)) & 0xFFFFFFFF}' if back in seqs.base else ' ack N'
        if full:
            line += f' win {win}'
            opts = tcp_options(body[20:(off >> 4) * 4], seqs.base.get(back, 0))
            if opts:
                line += f' <{",".join(opts)}>'
        return line + more
    return f'{src} > {dst} proto {p} {len(body)}{more}'


def enter(name):
    fd = os.open(f'/run/netns/{name}', os.O_RDONLY)
    if LIBC.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'setns')
    os.close(fd)


def offloads_off(dev):
    """Segments as they are on a wire: ETHTOOL_STXCSUM, STSO, SGSO, SGRO 0."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for cmd in (0x17, 0x1F, 0x24, 0x2C):
            value = ctypes.create_string_buffer(struct.pack('II', cmd, 0))
            fcntl.ioctl(s, 0x8946, struct.pack('16sP16x', dev.encode(), ctypes.addressof(value)))


class Tracer:
    """What became of an skb that b0 received: the tracepoints net:netif_receive_skb and skb:kfree_skb."""
    ROOT = '/sys/kernel/tracing'

    def __init__(self):
        if not os.path.exists(f'{self.ROOT}/trace'):
            subprocess.run(['mount', '-t', 'tracefs', 't', self.ROOT], check=True)
        self.dir = f'{self.ROOT}/instances/netsim-calls'
        os.makedirs(self.dir, exist_ok=True)
        for e in ('skb/kfree_skb', 'net/netif_receive_skb'):
            self.put(f'events/{e}/enable', '1')

    def put(self, path, text):
        with open(f'{self.dir}/{path}', 'w') as f:
            f.write(text)

    def start(self):
        self.put('trace', '')

    def verdict(self):
        address, drops = None, []
        with open(f'{self.dir}/trace') as f:
            for line in f:
                m = re.search(r'netif_receive_skb: dev=b0 skbaddr=(\S+)', line)
                if m and address is None:
                    address = m[1]
                m = re.search(r'kfree_skb: skbaddr=(\S+).* location=(\w+)\S* reason: (\w+)', line)
                if m and m[1] == address:
                    return f'{m[2]} {m[3]}'
        return 'taken' if address else 'not received'

    def close(self):
        for e in ('skb/kfree_skb', 'net/netif_receive_skb'):
            self.put(f'events/{e}/enable', '0')
        os.rmdir(self.dir)


class Sock:
    def __init__(self, machine, kind, args, made=None):
        self.kind, self.last, self.seqs, self.isn, self.frames = kind, None, Seqs(), {}, []
        if made is not None:
            self.s = made
        else:
            uid = next((int(a[4:]) for a in args if a.startswith('uid=')), 0)
            words = [a for a in args if not a.startswith('uid=')]
            enter(machine)
            if uid:
                os.setegid(uid)
                os.seteuid(uid)
            try:
                self.s = self.open(words)
            finally:
                os.seteuid(0)
                os.setegid(0)
        if kind in ('wire', 'peer'):
            return
        self.s.setblocking(False)
        if kind in ('udp', 'raw', 'ping'):
            self.s.setsockopt(0, 12, 1)
            self.s.setsockopt(0, 8, 1)

    def open(self, words):
        k = self.kind
        if k == 'udp':
            return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        if k == 'tcp':
            return socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if k == 'ping':
            return socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
        if k == 'raw':
            return socket.socket(socket.AF_INET, socket.SOCK_RAW, int(words[0]))
        if k == 'packet':
            return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(int(words[0], 0)))
        if k in ('wire', 'peer'):
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            s.setsockopt(1, 35, 1)
            s.setsockopt(1, 33, 1 << 24)
            s.bind((words[0], ETH_P_ALL))
            # Read at once: a frame that waits in a socket's queue is a clone, and TCP does not merge those when it repeats them.
            threading.Thread(target=self.collect, args=(s,), daemon=True).start()
            return s
        raise ValueError(k)

    def collect(self, s):
        while True:
            try:
                data, cmsgs, _, a = s.recvmsg(65536, 512)
            except OSError:
                return
            at = next((struct.unpack('qq', v[:16]) for l, t, v in cmsgs if (l, t) == (1, 35)), (0, 0))
            self.frames.append((at[0] * 10**9 + at[1], data[14:], a[1], a[2]))

    def bind(self, *a):
        if self.kind == 'packet':
            self.s.bind((a[0], int(a[1], 0)))
        else:
            self.s.bind(addr(a[0]))
        return 'ok'

    def connect(self, a):
        if self.kind == 'packet':
            sa = struct.pack('=HH4s8x', 2, socket.htons(addr(a)[1]), socket.inet_aton(addr(a)[0]))
            if LIBC.connect(self.s.fileno(), sa, len(sa)) != 0:
                raise OSError(ctypes.get_errno(), '')
            return 'ok'
        self.s.connect(addr(a))
        return 'ok'

    def listen(self, n):
        self.s.listen(int(n))
        return 'ok'

    def send(self, *data):
        return str(self.s.send(payload(data), socket.MSG_NOSIGNAL))

    def sendto(self, to, *data):
        return str(self.s.sendto(payload(data), addr(to)))

    def reply(self, *data):
        return str(self.s.sendto(payload(data), self.last))

    def recv(self):
        if self.kind == 'tcp':
            data = self.s.recv(65536)
            return show(data) if data else 'end'
        if self.kind == 'packet':
            line, kind = self.frame()
            return f'{kind} {line}'
        data, cmsgs, _, self.last = self.s.recvmsg(65536, 512)
        ttl = dst = dev = None
        for level, t, value in cmsgs:
            if (level, t) == (0, 2):
                ttl = struct.unpack('i', value[:4])[0]
            if (level, t) == (0, 8):
                index, dst = struct.unpack('i4x4s', value[:12])
                dev = index
        if ttl is None and not data:
            return 'end'
        text = show(data)
        if self.kind == 'ping':
            text = show_icmp(data)
        if self.kind == 'raw':
            body = data[(data[0] & 15) * 4:]
            text = f'{show_icmp(body) if data[9] == 1 else show(body)} length {len(data)}'
        source = self.last[0] if self.kind != 'udp' else show_addr(self.last)
        return f'{text} from {source} to {socket.inet_ntoa(dst)} ttl {ttl} dev {NAMES.get((self.machine, dev), dev)}'

    def frame(self):
        while True:
            data, a = self.s.recvfrom(65536)
            line = show_packet(a[1], data[14:], self.seqs, False)
            if line is not None:
                return line, PACKET_TYPES[a[2]]

    def drain(self):
        n, data = 0, b''
        try:
            while True:
                part = self.s.recv(65536)
                n += 1
                data += part
                if not part and self.kind == 'tcp':
                    return f'{show(data)} end'
        except BlockingIOError:
            return show(data) if self.kind == 'tcp' else f'{n} messages, {show(data)}'

    def recverr(self):
        data, cmsgs, _, dst = self.s.recvmsg(65536, 512, 0x2000)
        for level, t, value in cmsgs:
            if (level, t) == (0, 11):
                no, origin, typ, code, _, info, _, _, port, offender = struct.unpack('IBBBBIIHH4s', value[:24])
                if self.kind in ('raw', 'ping') and len(data) >= 8:
                    text = show_icmp(data)
                else:
                    text = f'{len(data)} bytes' if self.kind == 'tcp' else show(data)
                what = f'icmp {typ}/{code}' if origin == 2 else 'local'
                by = f' by {socket.inet_ntoa(offender)}' if origin == 2 else ''
                return f'{ERRNO[no]} {what} info {info}{by} dst {show_addr(dst)} {text}'
        return 'nothing'

    def error(self):
        e = self.s.getsockopt(1, 4)
        return ERRNO[e] if e else 'none'

    def poll(self, timeout=0):
        p = select.poll()
        p.register(self.s, select.POLLIN | select.POLLOUT)
        events = dict(p.poll(timeout)).get(self.s.fileno(), 0)
        names = (('in', 1), ('out', 4), ('err', 8), ('hup', 16))
        return ' '.join(n for n, bit in names if events & bit) or 'nothing'

    def wait(self, timeout, step=None):
        """Until it polls an error, a hang-up or something to read; the time to the nearest power of two, or in steps."""
        start = time.monotonic()
        p = select.poll()
        p.register(self.s, select.POLLIN)
        p.poll(ns(timeout) // 10**6)
        passed = time.monotonic() - start
        if step is not None:
            return f'after {bucket(round(passed * 1e9), step):g} s'
        return f'after {0 if passed < 0.3 else 2 ** round(math.log2(passed)):g} s'

    def timer(self):
        """The timer that runs, as ss -o shows it: which, the whole minutes left, what it counts."""
        ends = [show_addr(self.s.getsockname()), show_addr(self.s.getpeername())]
        out = subprocess.run(['ip', 'netns', 'exec', self.machine, 'ss', '-Htano'], stdout=subprocess.PIPE).stdout.decode()
        for line in out.splitlines():
            m = re.search(r'timer:\((\w+),(?:(\d+)min)?[^,]*,(\d+)\)', line)
            if m and line.split()[3:5] == ends:
                return f'{m[1]} {m[2] or 0} min, {m[3]}'
        return 'none'

    def info(self, *fields):
        """Fields of struct tcp_info."""
        raw = self.s.getsockopt(6, 11, 192)
        found = dict(zip(TCP_INFO, struct.unpack('5B', raw[:5]) + (raw[6] & 15, raw[6] >> 4) + struct.unpack('24I', raw[8:104])))
        return ' '.join(f'{f} {CA_STATES[found[f]] if f == "ca_state" else found[f]}' for f in fields)

    def shutdown(self, how):
        self.s.shutdown({'rd': 0, 'wr': 1, 'rdwr': 2}[how])
        return 'ok'

    def close(self):
        self.s.close()
        return 'ok'

    def setopt(self, name, value='', *_):
        if name == 'SO_BINDTODEVICE':
            self.s.setsockopt(1, 25, value.encode() + b'\0')
        elif name == 'IP_MULTICAST_IF':
            self.s.setsockopt(0, 32, socket.inet_aton(value))
        elif name == 'PACKET_MR_PROMISC':
            index = self.s.getsockname()[0]
            self.s.setsockopt(263, 1 if value == '1' else 2, struct.pack('iHH8x', INDEX[index], 1, 0))
        else:
            self.s.setsockopt(*OPTIONS[name], int(value))
        return 'ok'

    def getsockname(self):
        return show_addr(self.s.getsockname())

    def getpeername(self):
        return show_addr(self.s.getpeername())

    def mtu(self):
        return str(self.s.getsockopt(0, 14))

    def arp(self, target, tell, sender):
        mac = {'a': '020000000a00', 'b': B_MAC, 'c': '020000000c00'}[self.machine]
        body = struct.pack('!HHBBH6s4s6s4s', 1, ETH_P_IP, 6, 4, 1, bytes.fromhex(mac), socket.inet_aton(sender), b'\0' * 6, socket.inet_aton(target))
        return str(self.s.send(b'\xff' * 6 + bytes.fromhex(mac) + struct.pack('!H', ETH_P_ARP) + body))

    def learn(self):
        """The initial sequence numbers of the other side, from what has come in."""
        while self.frames:
            _, ip, proto, kind = self.frames.pop(0)
            if proto == ETH_P_IP and kind != 4 and ip[9] == 6 and ip[16:20] == socket.inet_aton(PEER):
                sport, dport, seq = struct.unpack('!HHI', ip[20:28])
                if ip[33] & 2:
                    self.isn[(dport, sport)] = seq

    def segment(self, ports, flags, *more):
        """A segment from 10.0.0.9 to b, sequence numbers relative to the initial ones."""
        self.learn()
        isn = self.isn.get(tuple(int(p) for p in ports.split('>')), 0)
        return self.send_segment((PEER, PEER_MAC, PEER_ISN, B, isn, B_MAC), ports, flags, more)

    def forward(self, ports, flags, *more):
        """A segment through b, from a0's 10.0.0.9 to c0's 10.0.1.9 or back; both initial numbers are given."""
        return self.send_segment(ENDS[self.s.getsockname()[0]], ports, flags, more)

    def tracked(self, *words):
        """The same, and what b's connection tracking made of it."""
        self.tracking('begin')
        self.forward(*words)
        time.sleep(0.01)
        return self.tracking('').strip()

    def tracking(self, word):
        return subprocess.run(['bash', f'{HERE}/tracked.sh', word], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL).stdout.decode()

    def send_segment(self, ends, ports, flags, more):
        source, source_mac, first, target, other_first, target_mac = ends
        sport, dport = (int(p) for p in ports.split('>'))
        o = {'seq': 0, 'ack': 0, 'win': 1000}
        opts, data, bad, words = b'', b'', False, list(more)
        while words:
            w = words.pop(0)
            if w in o:
                o[w] = int(words.pop(0))
            elif w == 'mss':
                opts += struct.pack('!BBH', 2, 4, int(words.pop(0)))
            elif w == 'ts':
                opts += struct.pack('!BBBBII', 1, 1, 8, 10, int(words.pop(0)), 0)
            elif w == 'sack':
                opts += bytes([1, 1, 4, 2])
            elif w == 'block':
                edges = ((other_first + int(words.pop(0))) & 0xFFFFFFFF for _ in range(2))
                opts += struct.pack('!BBBBII', 1, 1, 5, 10, *edges)
            elif w == 'wscale':
                opts += bytes([1, 3, 3, int(words.pop(0))])
            elif w == 'bad':
                bad = True
            else:
                data = payload([w] + words)
                words = []
        bits = sum(bit for c, bit in (('F', 1), ('S', 2), ('R', 4), ('P', 8), ('.', 16)) if c in flags)
        seq = (first + o['seq']) & 0xFFFFFFFF
        ack = (other_first + o['ack']) & 0xFFFFFFFF if bits & 16 else 0
        off = (20 + len(opts)) // 4 << 4
        th = struct.pack('!HHIIBBHHH', sport, dport, seq, ack, off, bits, o['win'], 0, 0) + opts + data
        pseudo = socket.inet_aton(source) + socket.inet_aton(target) + struct.pack('!BBH', 0, 6, len(th))
        ck = checksum(pseudo + th) ^ (0x5555 if bad else 0)
        th = th[:16] + struct.pack('!H', ck) + th[18:]
        ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(th), 1, 0x4000, 64, 6, 0, socket.inet_aton(source), socket.inet_aton(target))
        ip = ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]
        n = self.s.send(bytes.fromhex(target_mac + source_mac) + struct.pack('!H', ETH_P_IP) + ip + th)
        return str(n)

    def verdict(self, *words):
        TRACER.start()
        self.segment(*words)
        time.sleep(0.03)
        return TRACER.verdict()

    def show(self, *words):
        """The frames since the last time, ARP left out; with a step, the time since the one before it in such steps (`x200ms`: the
        nearest lower 200 ms times a power of two, because the kernel's timer wheel rounds up). `no-psh`: without the flag
        that Linux puts on the last segment of what it hands to the device at once. `in`, `out`: only those."""
        full, psh = 'full' in words, 'no-psh' not in words
        word = next((w for w in words if w not in ('full', 'no-psh', 'in', 'out')), None)
        out, before = [], None
        while self.frames:
            at, data, proto, kind = self.frames.pop(0)
            line = show_packet(proto, data, self.seqs, full)
            if line is None or line.startswith('arp') or ('in' if kind == 4 else 'out') in words:
                continue
            if not psh:
                line = line.replace(' P. ', ' . ')
            gap = '' if word is None else f'+{bucket(0 if before is None else at - before, word):g} '
            before = at
            out.append(f'  {gap}{">" if kind == 4 else "<"} {line}')
        return '\n' + '\n'.join(out) if out else 'nothing'


NAMES, INDEX, TRACER = {}, {}, None
ERRNO = {**errno.errorcode, errno.EOPNOTSUPP: 'EOPNOTSUPP'}
VERBS = {n for n in dir(Sock) if not n.startswith('_')}


def words_of(text):
    return re.findall(r'"[^"]*"\S*|\S+', text)


def parts_of(line):
    return [p.strip() for p in re.findall(r'(?:"[^"]*"|[^;"])+', line)]


class Section:
    def __init__(self):
        self.vars, self.all = {}, []

    def call(self, text):
        if text.startswith('sleep '):
            time.sleep(ns(text[6:]) / 1e9)
            return None
        m = re.fullmatch(r'(\w+) = (\w+)\.accept', text)
        if m:
            s, peer = self.vars[m[2]].s.accept()
            self.keep(m[1], Sock(None, 'tcp', [], s), self.vars[m[2]].machine)
            return show_addr(peer)
        m = re.fullmatch(r'(\w+) = ([abc]) (\w+)(.*)', text)
        if m:
            self.keep(m[1], Sock(m[2], m[3], words_of(m[4])), m[2])
            return 'ok'
        m = re.fullmatch(r'(\w+)\.(\w+)(?: (.*))?', text)
        if not m or m[1] not in self.vars or m[2] not in VERBS:
            raise ValueError(f'cannot read: {text}')
        return getattr(self.vars[m[1]], m[2])(*words_of(m[3] or ''))

    def keep(self, name, sock, machine):
        sock.machine = machine
        self.vars[name] = sock
        self.all.append(sock)

    def answer(self, text):
        try:
            return self.call(text)
        except OSError as e:
            return ERRNO.get(e.errno, str(e))

    def line(self, line):
        if line.startswith('$first '):
            subprocess.run(['nsenter', '-t', '1', '-n', 'bash', '-c', line[7:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            return
        if line.startswith('$ '):
            subprocess.run(['bash', '-c', line[2:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            return
        if line.startswith('! '):
            r = subprocess.run(['bash', '-c', line[2:]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
            print(line, *(f'  {x}' for x in r.stdout.decode().splitlines()), sep='\n', flush=True)
            return
        times, rest = 1, line
        m = re.match(r'repeat (\d+) ', line)
        if m:
            times, rest = int(m[1]), line[m.end():]
        counts = {}
        for _ in range(times):
            found = [a for a in (self.answer(p) for p in parts_of(rest)) if a is not None]
            key = '; '.join(found)
            counts[key] = counts.get(key, 0) + 1
        text = ', '.join(k if times == 1 else f'{k} ({n} times)' for k, n in counts.items())
        print(line if text == '' else f'{line} -> {text}', flush=True)


def machines():
    LIBC.unshare(CLONE_NEWNET | CLONE_NEWNS)
    subprocess.run('mount --make-rprivate /; mount -t tmpfs none /run; mkdir -p /run/netns; mount -t sysfs sys /sys; ip link set lo up', shell=True, check=True)
    subprocess.run(['bash', f'{HERE}/machines.sh'], check=True)
    for n in 'abc':
        enter(n)
        # netsim's congestion control; the default is CUBIC, or a kernel's own.
        subprocess.run('sysctl -qw net.ipv6.conf.all.disable_ipv6=1; sysctl -qw net.ipv4.tcp_congestion_control=reno', shell=True, stderr=subprocess.DEVNULL)
    time.sleep(0.1)
    for n, devs in (('a', ['a0']), ('b', ['b0', 'b1']), ('c', ['c0'])):
        enter(n)
        for name in ['lo', *devs]:
            index = socket.if_nametoindex(name)
            NAMES[(n, index)] = name
            INDEX[name] = index
        for d in devs:
            offloads_off(d)


def run_section(lines, traced, out):
    global TRACER
    os.dup2(out, 1)
    os.dup2(out, 2)
    machines()
    if traced:
        TRACER = Tracer()
    section = Section()
    try:
        for line in lines:
            section.line(line)
    finally:
        if traced:
            TRACER.close()


def main():
    # The first namespace's log hears the others (`# in the first namespace`; elsewhere there is no such file).
    if os.path.exists('/proc/sys/net/netfilter/nf_log_all_netns'):
        with open('/proc/sys/net/netfilter/nf_log_all_netns', 'w') as f:
            f.write('1')
    sections = [('', [])]
    with open(sys.argv[1]) as f:
        for raw in f:
            line = raw.strip()
            if line == '' or line.startswith('#'):
                continue
            if line.startswith('== '):
                sections.append((line, []))
            else:
                sections[-1][1].append(line)
    running, files = [], []
    for title, lines in sections[1:]:
        traced = any('.verdict ' in l for l in lines)
        files.append(os.memfd_create('out'))
        pid = os.fork()
        if pid == 0:
            try:
                run_section(lines, traced, files[-1])
            except BaseException as e:
                print(f'{type(e).__name__}: {e}', flush=True)
            sys.stdout.flush()
            os._exit(0)
        if traced:
            os.waitpid(pid, 0)
        else:
            running.append(pid)
            if len(running) >= 32:
                os.waitpid(running.pop(0), 0)
    for pid in running:
        os.waitpid(pid, 0)
    for (title, _), fd in zip(sections[1:], files):
        os.lseek(fd, 0, 0)
        with os.fdopen(fd) as f:
            print(title, f.read(), sep='\n', end='')


main()

"""Writes tests/fixtures/support/random.json: what streams of random numbers begin with, by their keys.

xoroshiro128+ is written after Blackman and Vigna's C code of 2018 (constants 24, 16, 37) on 64-bit integers, and is
checked here against the numbers that the Rust crate rand_xoshiro 0.6 tests it with; its state comes from FNV-1a and
MurmurHash3's 32-bit mixer, written after their reference code. Only the standard library is needed.

    python tests/oracles/random_streams.py
"""

import json
import math
from pathlib import Path

FIXTURE = Path(__file__).parent.parent / "fixtures" / "support" / "random.json"
KEYS = [[0, "shuffle", 0], [7, "shuffle", 3], [2147483647, "phantom", 12, "noise"], ["é", -1], []]
OFFSETS = [0x811C9DC5, 0x9E3779B9, 0x85EBCA6B, 0xC2B2AE35]


def rotate(value, bits):
    return (value << bits | value >> (64 - bits)) % 2**64


def xoroshiro128plus(s0, s1):
    while True:
        yield (s0 + s1) % 2**64
        s1 ^= s0
        s0 = rotate(s0, 24) ^ s1 ^ (s1 << 16) % 2**64
        s1 = rotate(s1, 37)


def fnv1a(text, offset):
    utf16 = text.encode("utf-16-le")
    for low, high in zip(utf16[::2], utf16[1::2]):
        offset = (offset ^ (high << 8 | low)) * 0x01000193 % 2**32
    return offset


def mixed(h):
    h = (h ^ h >> 16) * 0x85EBCA6B % 2**32
    h = (h ^ h >> 13) * 0xC2B2AE35 % 2**32
    return h ^ h >> 16


def words(keys):
    text = json.dumps(keys, separators=(",", ":"), ensure_ascii=False)
    high0, low0, high1, low1 = (mixed(fnv1a(text, offset)) for offset in OFFSETS)
    for value in xoroshiro128plus(high0 << 32 | low0, high1 << 32 | low1):
        yield value % 2**32


def uniform(keys, count):
    stream = words(keys)
    return [next(stream) / 2**32 for _ in range(count)]


def integers(keys, limit, count):
    return [math.floor(value * limit) for value in uniform(keys, count)]


def normal(keys, count):
    values = uniform(keys, 2 * math.ceil(count / 2))
    drawn = []
    for u, v in zip(values[::2], values[1::2]):
        radius = math.sqrt(-2 * math.log(1 - u))
        drawn += [radius * math.cos(2 * math.pi * v), radius * math.sin(2 * math.pi * v)]
    return drawn[:count]


def shuffled(keys, size):
    values = list(range(size))
    stream = words(keys)
    for i in range(size - 1, 0, -1):
        j = math.floor(next(stream) / 2**32 * (i + 1))
        values[i], values[j] = values[j], values[i]
    return values


published = xoroshiro128plus(1, 2)
assert [next(published) for _ in range(10)] == [
    3, 412333834243, 2360170716294286339, 9295852285959843169, 2797080929874688578,
    6019711933173041966, 3076529664176959358, 3521761819100106140, 7493067640054542992, 920801338098114767,
]  # fmt: skip

FIXTURE.write_text(json.dumps([
    {
        "keys": keys,
        "uniform": uniform(keys, 8),
        "integers": integers(keys, 1000, 8),
        "normal": normal(keys, 7),
        "shuffled": shuffled(keys, 20),
    }
    for keys in KEYS
], indent=1, ensure_ascii=False) + "\n")

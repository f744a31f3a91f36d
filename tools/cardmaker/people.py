"""Invented persons: every card's fields, drawn from a seed."""

import datetime
import random
from dataclasses import dataclass

from cardmaker import names
from cardmaker.regions import REGIONS

# What "today" is for ages and dates of issue, so that a seed means the same cards next year.
TODAY = datetime.date(2026, 6, 1)
# The second generation began with the law of 2004.
FIRST_ISSUE = datetime.date(2004, 6, 1)
LONG_TERM = "long-term"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ROADS = """人民路 解放路 中山路 建设大街 文化路 和平北路 学院路 光明南路 长江路 黄河大道 科技三路 滨河路 新华街 迎宾大道 青年路 胜利东街
花园路 团结巷 环城西路 振兴街 朝阳路 兴业大道 钟楼巷 白云路""".split()
ESTATES = """阳光花园 翠湖名苑 金色家园 绿城小区 东方明珠 世纪新城 锦绣华庭 幸福里 望江苑 梧桐雅居 天和人家 馨园""".split()
DISTRICTS = ("兴隆街道", "城关街道", "五里桥街道")
ADDRESS_CHARACTERS = 33
TOWNS = """龙泉镇 石桥镇 清河乡 大柳镇 双河镇 白马乡 兴隆街道 南关镇 新店镇 三溪乡 青山镇 罗家镇""".split()
VILLAGES = """新民村 石桥村 大塘村 李家庄村 上河村 红旗村 前进村 东山村 黄土坡村 杨柳村 双庙村 槐树村""".split()
# How many of a hundred names are of which class.
SHARES = {"ordinary": {"common": 100}, "rare": {"gb2312": 50, "uro": 35, "ext": 15},
          "mixed": {"common": 60, "gb2312": 20, "uro": 14, "ext": 6}}
STEP = 61  # prime to a hundred, so that any hundred persons in a row have exactly the shares


@dataclass(frozen=True)
class Person:
    name: str
    sex: str
    nation: str
    birth: datetime.date
    address: str
    number: str
    authority: str
    valid_from: datetime.date
    valid_to: datetime.date | None  # None: long-term

    @property
    def until(self):
        return self.valid_to.isoformat() if self.valid_to else LONG_TERM


def check_digit(first17):
    """ISO 7064 MOD 11-2 as in GB 11643."""
    return "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, first17)) % 11]


def class_of(index, shares):
    """The class of name that person `index` has."""
    place, limit = index * STEP % 100, 0
    for kind, percent in shares.items():
        limit += percent
        if place < limit:
            return kind
    raise ValueError("the shares do not sum to 100")


def person(seed, index, shares):
    """Person `index` of a seed; the same whatever else is made."""
    rng = random.Random(f"{seed}/person/{index}")
    kind = class_of(index, shares)
    region = rng.choice(REGIONS)
    sex = rng.choice("男女")
    nation, name = nation_and_name(rng, region, sex, kind)
    age = rng.choices((rng.randint(6, 15), rng.randint(16, 25), rng.randint(26, 45), rng.randint(46, 88)),
                      (4, 20, 46, 30))[0]
    birth = TODAY - datetime.timedelta(days=age * 365 + age // 4 + rng.randint(1, 364))
    serial = rng.randrange(1, 499) * 2 + (sex == "男")
    first17 = f"{region.code}{birth:%Y%m%d}{serial:03d}"
    start, end = validity(rng, birth)
    return Person(name, sex, nation, birth, address(rng, region), first17 + check_digit(first17),
                  region.authority, start, end)


def nation_and_name(rng, region, sex, kind):
    if kind == "common" and rng.random() < 0.6:
        here = [n for n, form in names.OTHER_FORMS.items() if region.code.startswith(form[3])]
        if here:
            nation = rng.choice(here)
            drawn = [names.other_name(rng, nation) for _ in range(20)]
            fitting = [name for name in drawn if names.rarity(name) == "common"]
            if fitting:
                return nation, fitting[0]
    homes = [n for n, codes in names.HAN_LIKE.items() if codes and region.code.startswith(codes)]
    nation = rng.choice(homes) if homes and rng.random() < 0.35 else "汉"
    return nation, names.han_name(rng, sex, kind)


def validity(rng, birth):
    """Dates of issue and end: 5 years below the age of 16, 10 to 25, 20 to 45, then long-term."""
    first = max(FIRST_ISSUE, birth + datetime.timedelta(days=366 * 2))
    # Mostly cards that still hold: issued within the last nine years.
    recent = max(first, TODAY - datetime.timedelta(days=9 * 365))
    begin = first if rng.random() < 0.15 else recent
    start = begin + datetime.timedelta(days=rng.randrange((TODAY - begin).days))
    if (start.month, start.day) == (2, 29):
        start -= datetime.timedelta(days=1)
    age = start.year - birth.year - ((start.month, start.day) < (birth.month, birth.day))
    years = 5 if age < 16 else 10 if age < 26 else 20 if age < 46 else None
    return start, start.replace(year=start.year + years) if years else None


def address(rng, region):
    """One to three lines of eleven characters."""
    prefix = region.prefix(with_city=rng.random() < 0.5)
    number = rng.randint(1, 999)
    if region.rural or (region.county.endswith("市") and rng.random() < 0.5):
        group = f"{rng.randint(1, 19)}组" if rng.random() < 0.7 else ""
        return f"{prefix}{rng.choice(TOWNS)}{rng.choice(VILLAGES)}{group}{number}号"
    road = f"{rng.choice(ROADS)}{number}号"
    flat = f"{rng.choice(ESTATES)}{rng.randint(1, 48)}栋{rng.randint(1, 6)}单元{rng.randint(1, 33)}0{rng.randint(1, 6)}号"
    forms = (road, f"{road}{rng.randint(1, 30)}0{rng.randint(1, 9)}室", road + flat,
             f"{rng.choice(DISTRICTS)}{road}{flat}")
    written = prefix + rng.choices(forms, (2, 4, 3, 2))[0]
    return written if len(written) <= ADDRESS_CHARACTERS else prefix + road

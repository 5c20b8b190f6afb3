"""Customers for the import benchmark: invented, believable, and the same every time."""

import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

HEADINGS = [
    "姓名",
    "手机",
    "邮箱",
    "性别",
    "生日",
    "省份",
    "城市",
    "区县",
    "地址",
    "邮编",
    "客户级别",
    "客户来源",
    "备注",
]
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文晓梅春燕雪晨宇浩然子轩思雨欣怡"
    "佳琪梓涵俊豪嘉诚诗雅若曦天瑞鹏飞海波永健"
)
_PLACES = [
    ("北京市", "北京", "朝阳区", "100020"), ("上海市", "上海", "浦东新区", "200120"), ("广东省", "广州", "天河区", "510630"),
    ("广东省", "深圳", "南山区", "518052"), ("浙江省", "杭州", "西湖区", "310013"), ("江苏省", "南京", "鼓楼区", "210009"),
    ("江苏省", "苏州", "工业园区", "215028"), ("四川省", "成都", "武侯区", "610041"), ("湖北省", "武汉", "江汉区", "430021"),
    ("陕西省", "西安", "雁塔区", "710061"), ("山东省", "青岛", "市南区", "266071"), ("福建省", "厦门", "思明区", "361004"),
]  # fmt: skip
_STREETS = [
    "人民路",
    "解放大道",
    "中山北路",
    "建设街",
    "和平里",
    "文化路",
    "科技园路",
    "长江大道",
    "新华街",
    "滨河路",
]
_PREFIXES = ["133", "135", "136", "138", "139", "150", "152", "158", "176", "177", "186", "188", "189", "199"]
_HOSTS = ["qq.com", "163.com", "126.com", "gmail.com", "outlook.com", "example.com.cn", "sina.com"]
_NOTES = ["", "", "", "展会上认识", "老客户介绍，偏好电话联系", "对新品感兴趣，下季度回访"]


def people(count: int) -> Iterator[list[str]]:
    """`count` rows under HEADINGS; no two share a phone number or an email address."""
    draw = random.Random(20240105)
    for number in range(count):
        province, city, district, postcode = draw.choice(_PLACES)
        name = draw.choice(_SURNAMES) + "".join(draw.choices(_GIVEN, k=draw.choice((1, 2, 2))))
        yield [
            name,
            f"{draw.choice(_PREFIXES)}{(number * 7919) % 100_000_000:08d}",
            f"user{number:06d}.{draw.randrange(1000)}@{draw.choice(_HOSTS)}",
            draw.choice("男女"),
            f"{draw.randint(1950, 2005)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
            province,
            city,
            district,
            f"{draw.choice(_STREETS)}{draw.randint(1, 999)}号{draw.randint(1, 30)}单元{draw.randint(101, 2904)}室",
            postcode,
            draw.choice(["重点", "普通", "普通", "潜在"]),
            draw.choice(["转介绍", "官网", "展会", "电话", "微信"]),
            draw.choice(_NOTES),
        ]


def write(path: Path, count: int) -> Path:
    """CSV or XLSX, by the ending."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as target:
            csv.writer(target).writerows([HEADINGS, *people(count)])
        return path
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("客户")
    for row, cells in enumerate([HEADINGS, *people(count)]):
        sheet.write_row(row, 0, cells)
    book.close()
    return path


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))

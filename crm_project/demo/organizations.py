"""The two demo organisations: their people and their departments."""

from dataclasses import dataclass

from tenancy.enums import Currency, Language

PASSWORD = "evergreen-demo"  # noqa: S105
"""Known to everybody: the demo is only ever made in a demo database."""


@dataclass(frozen=True)
class Person:
    """`login`: the part of the address before the @. Colleagues cannot sign in."""

    login: str
    name: str
    title: str
    department: str
    role: str
    signs_in: bool = False
    owns: bool = False


@dataclass(frozen=True)
class DemoOrganization:
    slug: str
    name: str
    language: str
    timezone: str
    currency: str
    departments: tuple[tuple[str, str], ...]
    """(name, name of the one above), the upper ones first."""
    people: tuple[Person, ...]
    share: float
    """Of the customers asked for."""


DEMO = DemoOrganization(
    slug="demo",
    name="常青演示公司",
    language=Language.CHINESE,
    timezone="Asia/Shanghai",
    currency=Currency.CNY,
    departments=(
        ("总经办", ""),
        ("销售中心", "总经办"),
        ("华东销售部", "销售中心"),
        ("华南销售部", "销售中心"),
        ("客户服务部", "总经办"),
        ("综合管理部", "总经办"),
    ),
    people=(
        Person("rep", "林晓", "销售代表", "华东销售部", "sales_rep", signs_in=True, owns=True),
        Person("service", "周敏", "客服专员", "客户服务部", "service_agent", signs_in=True),
        Person("manager", "陈立", "销售总监", "销售中心", "manager", signs_in=True),
        Person("admin", "王芳", "系统管理员", "综合管理部", "admin", signs_in=True),
        Person("zhangwei", "张伟", "华东区经理", "华东销售部", "sales_manager", owns=True),
        Person("liuyang", "刘洋", "销售代表", "华东销售部", "sales_rep", owns=True),
        Person("huangting", "黄婷", "销售代表", "华东销售部", "sales_rep", owns=True),
        Person("zhaolei", "赵磊", "华南区经理", "华南销售部", "sales_manager", owns=True),
        Person("wuxia", "吴霞", "销售代表", "华南销售部", "sales_rep", owns=True),
        Person("sunhao", "孙浩", "销售代表", "华南销售部", "sales_rep", owns=True),
        Person("helan", "何兰", "客服主管", "客户服务部", "service_manager"),
        Person("luoqiang", "罗强", "内审专员", "总经办", "auditor"),
    ),
    share=1.0,
)
GLOBEX = DemoOrganization(
    slug="globex",
    name="Globex",
    language=Language.ENGLISH,
    timezone="Europe/London",
    currency=Currency.GBP,
    departments=(("Head office", ""), ("Sales", "Head office"), ("Customer service", "Head office")),
    people=(
        Person("rep", "Emma Carter", "Sales representative", "Sales", "sales_rep", signs_in=True, owns=True),
        Person(
            "service", "Peter Hughes", "Service agent", "Customer service", "service_agent", signs_in=True
        ),
        Person("manager", "Helen Grant", "Managing director", "Head office", "manager", signs_in=True),
        Person("admin", "Oscar Reed", "Administrator", "Head office", "admin", signs_in=True),
        Person("liam", "Liam Novak", "Sales manager", "Sales", "sales_manager", owns=True),
        Person("priya", "Priya Walsh", "Sales representative", "Sales", "sales_rep", owns=True),
    ),
    share=0.1,
)
ALL = (DEMO, GLOBEX)

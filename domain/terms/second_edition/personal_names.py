"""Names of private persons in a text: a surname and a given name where the words around speak
of a person (R322).
"""

import re
from collections.abc import Iterator

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆"
    "金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟"
    "殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆"
    "农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池"
    "查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿"
)
# Surnames that hardly begin an ordinary word: after a word for a person they need no border on the right.
_PLAIN_SURNAMES = frozenset(
    "王李张刘赵吴徐朱郭罗梁宋邓冯韩曹彭萧蔡潘董袁蒋魏吕姚卢崔谭廖戴贾韦邱邹薛尹黎郝龚邵覃"
)
_WEAK = frozenset("应区时车易")  # after a word for a person they are nearly always another word
_COMPOUND = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "司徒",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "夏侯",
    "端木",
    "百里",
)
_MASKS = frozenset("某氏姓甲乙丙〇")
_PARTICLES = frozenset("的已均在也因被称说将等是与及对向从到都则还又就并其未不有")  # in no given name
_PLACES = frozenset("村庄屯镇乡")  # 王村、李庄 are places
_NOT_GIVEN = _MASKS | _PARTICLES | _PLACES
_TITLES = (
    "先生|女士|小姐|太太|老师|同学|师傅|大爷|大妈|大叔|大姐|阿姨|奶奶|爷爷|婆婆|老人|同志|老汉|"
    "书记|主任|局长|镇长|乡长|市长|县长|科长|所长|校长|院长|处长|部长|经理|医生|警官|法官"
)
# Words that a surname's character begins.
_ORDINARY_WORDS = (
    "方便 方面 方式 方案 方向 方可 方能 应当 应急 应该 应对 应于 安全 安置 安排 安装 安抚 高度 高温 高速 高考 高中 关注 关于 关闭 关心 关系 任何 任意 任务 时刻 时间 时常 "
    "万元 万余 明确 明显 明知 成立 成为 成功 成员 房屋 房产 水电 常年 常见 常住 康复 包括 包含 平安 农田 农户 农业 金额 解释 解决 解除 陈述 陈旧 周边 周围 周末 何时 何人 何种 "
    "林地 林业 林场 许多 曾经 曾在 田地 田间 余人 杜绝 程度 范围 陆续 石料 夏季 江边 段内 雷电 史上 龙舟 向政 向我 向有 向镇 向市 向公 和家 和群 和相 温馨 温暖 文明 文化 文体 "
    "单位 单独 单方 全部 全体 全程 全员 连续 连夜 连日 路过 路口 路段 游客 游玩 车辆 车主 车内 车上 车祸 师生 商户 商铺 商品 满意 满足 位于 权益 权利 强烈 强调 支持 支付 祖孙 海鲜 "
    "楼上 楼下 楼道 楼内 花费 花园 原本 原因 原先 南侧 官方 封闭 查看 查询 查明 边走 边界 师傅 宗教 景区 项目 简单 简称 古镇 吉林 司法 农村 农民 阳台 阳性 管理 管道 华侨 "
    "盛大 谷物 成年 季节 童年 祝愿 甘愿 左右 左侧 申请 申诉 申报 章程 易发 齐全 文件 施工 施救 常务 汤药 武装 严重 严格 钱款 毛利 顾虑 顾客 白天 白色 孟加 孔径 江西 江苏 夏天 "
    "金融 石油 钟情 任职 于今 于昨 于当 余震 高龄 高处 高空 马上 马路 孙子 孙女 胡乱 郑重 谢谢 谢绝 唐突 宋体 韩国 张贴 张望 罗列 梁柱 沈阳 秦岭 贺信 黄色 黄金 黄昏 杨树 "
    "李家 王家 刘家 赵家 吴家 朱家 徐家 郭家 曹家 彭家 蔡家 潘家 宋家 韩家 冯家 邓家 梁家 王府 张家 "
    "成绩 成都 高烧 高兴 游泳 于次 于本 于上 于下 于前 于同 于近 于事 于早 于晚 班级 班主"
)
_ORDINARY = frozenset(_ORDINARY_WORDS.split())
_PERSONS = (
    "居民|村民|市民|群众|业主|住户|户主|租客|租户|房东|当事人|患者|病人|病患|死者|逝者|伤者|遇难者|失踪者|失联者|被困者|受害人|受害者|被害人|"
    "学生|家长|网民|网友|司机|驾驶员|驾驶人|乘客|车主|行人|投诉人|举报人|信访人|上访人|报警人|发帖人|爆料人|申请人|嫌疑人|违法行为人|行为人|"
    "男子|女子|男童|女童|儿童|幼童|孩子|儿子|女儿|妻子|丈夫|父亲|母亲|家属|亲属|老人|员工|职工|工人|店主|老板|经营者|摊主|摊贩|消费者|顾客|游客|读者"
)
_ROLE = re.compile(
    rf"(?:{_PERSONS})(?:代表)?(?:姓名)?[:为是系叫\s\"“「]{{0,3}}|(?:姓名|名叫|叫做)[:为是\s]{{0,3}}"
)
_LABEL = re.compile(r"(?::|名叫|叫做|姓名)[为是\s\"“「]{0,3}$")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BORDER = re.compile(
    r"[,，。;；:：、.!！?？()（）\[\]【】《》〈〉\"“”‘’'\s\d]|$"
    r"|的|在|于|因|被|与|和|及|称|说|表示|反映|向|对|将|已|等|驾|酒|骑|乘|从|死亡|受伤|发|投诉|举报|报警|拨打|通过|提出|到|系|为|是|正|获|居住|住|家|来|前|拍|今|当|经|未|不|就|告|介绍|名下|一|同|之|把|给|要|求|涉|遇|受|抢|拒|上|下|进|出|路过|送|转|身|确|患|溺|坠|失|也|均|都|则|还|又|有|并"
)
_AGE_OR_SEX = re.compile(
    r"[(,，、\s]{1,2}(?:(?:男|女)(?=[,，、)。;；\s\d]|$)|(?:现年|年龄|时年)?\d{1,3}岁|年龄)"
)
_HONORIFIC = re.compile(r"先生|女士|小姐|太太")
_FALSE_NAME = re.compile(r"[(\"“]?(?:系)?化名")
_LIST = re.compile(r"[、和及与,]")


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where private persons are named; masked names (张某、王先生),
    false names and officials by office pass.
    """
    places: dict[int, int] = {}
    for role in _ROLE.finditer(text):
        places.update(_listed(text, role.end(), is_label=_LABEL.search(role[0]) is not None))
    for mark in _AGE_OR_SEX.finditer(text):
        places.update(_before(text, mark.start()))
    for mark in _HONORIFIC.finditer(text):
        places.update(_before(text, mark.start(), honorific=True))
    for start, end in sorted(places.items()):
        if not _FALSE_NAME.match(text, end):
            yield start, end


def _listed(text: str, start: int, *, is_label: bool) -> Iterator[tuple[int, int]]:
    """The names that follow a word for persons: 死者张三、李四."""
    while (end := _name_from(text, start, is_label=is_label)) is not None:
        yield start, end
        if not _LIST.match(text, end):
            return
        start, is_label = end + 1, False


def _name_from(text: str, start: int, *, is_label: bool) -> int | None:
    """Where a name that begins there ends; None when none does."""
    surname = _surname(text, start)
    if not surname or (not is_label and (text[start : start + 2] in _ORDINARY or text[start] in _WEAK)):
        return None
    start_of_given = start + surname
    if not _is_given(text, start_of_given) or _is_titled(text, start_of_given):
        return None
    ends = [
        end
        for end in (start_of_given + 2, start_of_given + 1)
        if end <= len(text) and _is_given(text, end - 1)
    ]
    for end in ends:
        if _BORDER.match(text, end) or _is_titled(text, end):
            return end
    return ends[0] if text[start] in _PLAIN_SURNAMES and ends else None


def _surname(text: str, start: int) -> int:
    if text[start : start + 2] in _COMPOUND:
        return 2
    return 1 if text[start : start + 1] in _SURNAMES else 0


def _is_given(text: str, place: int) -> bool:
    character = text[place : place + 1]
    return bool(_HAN.match(character)) and character not in _NOT_GIVEN


def _is_titled(text: str, place: int) -> bool:
    return _TITLE.match(text, place) is not None


_TITLE = re.compile(_TITLES)


def _before(text: str, end: int, *, honorific: bool = False) -> Iterator[tuple[int, int]]:
    """The name that ends there: of three characters, four with a surname of two, else of two."""
    for length in (4, 3, 2):
        start = end - length
        surname = _surname(text, start) if start >= 0 else 0
        given_length = length - surname
        if not surname or given_length not in {1, 2} or (length > 3 and surname == 1):  # noqa: PLR2004  lengths of names, told above
            continue
        if not all(_is_given(text, place) for place in range(start + surname, end)):
            continue
        if text[start : start + 2] not in _ORDINARY and not (honorific and _is_bare(text, start, end)):
            yield start, end
            return


def _is_bare(text: str, start: int, end: int) -> bool:
    """Whether it is rather a surname alone before 先生, after some other word: 向李女士."""
    return text[end - 1] in _SURNAMES and text[start] not in _PLAIN_SURNAMES

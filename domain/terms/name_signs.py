"""The words around a name by which it is known: who it is before it, what is said of it after it,
and what makes it none.
"""

import re
from typing import Final

# Words for persons; those that end alike are open: 骑手、保安、股东、见证人 (`_OPEN`).
_PERSONS: Final = (
    "居民|村民|市民|群众|业主|住户|户主|租客|租户|房东|当事人|患者|病人|病患|死者|逝者|伤者|遇难者|失踪者|失联者|被困者|受害人|受害者|被害人|"
    "学生|家长|网民|网友|司机|驾驶员|驾驶人|乘客|车主|行人|投诉人|举报人|信访人|上访人|报警人|发帖人|爆料人|申请人|嫌疑人|违法行为人|行为人|"
    "男子|女子|男童|女童|男孩|女孩|儿童|幼童|孩子|儿子|女儿|妻子|丈夫|父亲|母亲|爷爷|奶奶|外公|外婆|哥哥|弟弟|姐姐|妹妹|家属|亲属|老人|员工|职工|"
    "工人|店主|老板|经营者|摊主|摊贩|消费者|顾客|游客|读者|客户|保安|法人|法定代表人|骑手|股东|见证人|被告|原告|第三人|被告人|原告人|上诉人|"
    "贫困户|低保户|五保户|农户|养殖户|商户|个体户|老师|教师|村医|校医|医生|护士|保洁员|环卫工|快递员|外卖员|农民|学员|同学|邻居|同事|朋友|同伴|"
    "其妻|其夫|其父|其母|其子|其女|其兄|其弟|其姐|其妹|其哥|其嫂|其孙|之子|之女|之妻|之父|之母|之夫|之兄|之弟|之姐|之妹|之孙|胞弟|胞兄|胞妹|胞姐|堂兄|堂弟|表哥|表弟|表妹|表姐|舅舅|叔叔|伯父|岳父|岳母|姑姑|姨妈|公公|养父|养母|继父|继母|养子|养女|婆婆|媳妇|儿媳|女婿|孙子|孙女|侄子|侄女|"
    "债权人|债务人|借款人|担保人|承租人|出租人|买受人|买家|卖家|包工头|承包人|承包商|施工人|投资人|收款人|汇款人|持卡人|机主|失主|"
    "监护人|被监护人|代理人|继承人|遗嘱人|受益人|参保人|联系人|产妇|孕妇|幼儿|婴儿|婴孩|残疾人|退役军人|退伍军人|老兵|驴友|主播|博主|"
    "店员|服务员|厨师|电工|焊工|水工|瓦工|木工|护工|保姆|月嫂|教练|舍友|室友|班主任|嫌犯|小哥|大姐|大妈|大叔|阿姨|大哥|小伙|小伙子|姑娘|男友|女友|前妻|前夫|配偶|师傅|代办员|中介|司仪|工头|会计|出纳|收银员|患儿|患童|同案犯|同乡|老乡|律师|厨师|理发师|技师|的代表|导游|妇女|妇人|老妇|老汉|少年|少女|青年|男生|女生|对象|党员|考生|教员|班组长|领队|向导|队员|伤员|病员|船员|队友|工友|网管|姐弟|兄妹|母女|父子|船长|船老大|新娘|新郎|双胞胎|姐弟俩|门卫|保镖|更夫|舅妈|婶婶|叔父|舅父|姑母|姨母|伯母|婶母|祖父|祖母|外祖父|外祖母|保洁|姨父|姑父|大伯|二伯|小叔|小舅|小姨"
)
_OPEN: Final = "某|员|者|户|民|工|手|人|友|客|商|农|匠|伙|童|贩|徒|犯|娃|婆|嫂|伴"
ROLE: Final = re.compile(
    rf"(?:{_PERSONS})(?:代表|之一|本人)?(?:姓名)?[:为是系叫\s\"“「(]{{0,3}}$|(?:^|[^成代领构])[\u4e00-\u9fff](?:{_OPEN})[:系\"“「]?$"
)
# Without one of these at the end no word for a person stands there: to look through it costs most of all.
_ROLE_ENDS: Final = frozenset(
    (*(word[-1] for word in _PERSONS.split("|")), *_OPEN.split("|"), *'表一人名:为是系叫"“「(')
)
LABEL: Final = re.compile(
    r"(?:姓名|全名|真名|原名|现名|更名为|改名为?|又名|曾用名|名叫|叫做|(?<![网店剧片地书品站群号])名为|名字叫|本名|实名|户名|署名|名字|自称|叫)[:为是\s\"“「]{0,3}$|姓名:.{0,12}[、,，]$"
)
OFFICE_BEFORE: Final = re.compile(
    r"(?:书记|(?<!班)主任|局长|镇长|乡长|市长|县长|省长|区长|州长|科长|所长|校长|院长|处长|部长|厅长|司长|(?<!车)(?<!船)(?<!工)(?<!工程)队长|(?<!班)组长|会长|行长|站长|股长|主席|"
    r"总理|总统|总书记|委员|常委|秘书长|巡视员|调研员|检察长|庭长|支书|村长|政委|参谋长|司令员|馆长|台长|社长|主编|关长|署长|专员|"
    r"民警|干警|交警|辅警|法官|检察官|记者|通讯员|编辑|发言人|代表委员|主审法官|书记员|审判员|审判长|陪审员|承办人|经办人|签发人|校对|审核|责编|"
    r"教授|研究员|院士|专家|工程师|干部|网格员|指导员|消防员|指战员|战士|烈士|英雄|模范|劳模|标兵|楷模|先进个人|(?:勋章|奖章|称号|奖)[\"”]?获得者|影星|歌手|作家|诗人|画家|导演|演员|主持人|运动员|冠军|(?:集团|国有[^,，。]{0,6}|(?:供电|供水|自来水|水务|公交|燃气|电力|烟草|城投|高速)[^,，。]{0,4}公司|银行)(?:有限公司)?(?:董事长|总经理|总裁))"
    r"(?:、[\u4e00-\u9fff]{2,8}(?:书记|主任|长|委员|常委))*(?:同志)?[:\s]?$"
)
OFFICE_AFTER: Final = re.compile(
    r"(?:副|总|常务)?(?:书记|主任|局长|镇长|乡长|市长|县长|省长|区长|科长|所长|校长|院长|处长|部长|厅长|队长|主席|总理|总统|常委|"
    r"秘书长|检察长|庭长|警官|法官|检察官|民警|教授|院士|同志|将军|研究员)"
)
_ABOUT: Final = (
    "关于|针对|对于|经查|经查实|经核实|经调查|经核查|据了解|期间|其中|对|将|由|向|把|给|与|和|及|同|为|据|被|让|请|约谈|"
    "劝导|询问|找到|联系|遂|其|系|即|是|以及|因|在|到|致|原为|分别是|的"
)
_MARKS_BEFORE: Final = ",，。;；、:：(（\"“'."
ABOUT: Final = re.compile(rf"(?:{_ABOUT}|[{_MARKS_BEFORE}\s\d]|^)$")
_ABOUT_ENDS: Final = frozenset((*(word[-1] for word in _ABOUT.split("|")), *_MARKS_BEFORE))
_BETWEEN: Final = frozenset("、和及与,/ ")
LISTED: Final = re.compile(r"[、和及与,/ ]\s?$")
_LABEL_ENDS: Final = frozenset('名为叫做字称:是"“」、,，')
_ENDS: Final = _ROLE_ENDS | _ABOUT_ENDS | _BETWEEN | _LABEL_ENDS
MASKED_BEFORE: Final = re.compile(r"[\u4e00-\u9fff]某[\u4e00-\u9fff]{0,2}[、和及与,/ ]\s?$")
DESCRIPTION: Final = re.compile(
    r"[(,，、:\s]{0,3}(?:(?:系|是|为)?(?:一名)?(?:男|女)(?:性|,|，|、|。|;|\)|\s|$|\d)|(?:现年|年龄|时年|年仅|今年)?\d{1,3}周?岁|(?:公民)?身份证|手机|联系电话|联系方式|电话|出生|\d{4}年\d{1,2}月生|户籍|籍贯|家住|住址|住[^房建]"
    r"|[汉苗回藏壮满彝侗瑶畲蒙](?:族)|[1-9]\d{5}|1[3-9]\d{5,}|系(?:我|本|该|当)|(?:[\u4e00-\u9fff]{2,6}(?:镇|乡|村|街道|县|市|社区)(?:人|村民|居民)))"
)
HONORIFIC: Final = re.compile(
    r"(?:先生|女士|小姐|太太|大爷|大妈|大叔|大姐|大哥|阿姨|奶奶|爷爷|婆婆|老人|老汉|师傅|同学|老师|医生|护士)"
)
DOING: Final = re.compile(
    r"(?:反映|投诉|举报|来电|来信|来访|称|说|表示|认为|要求|诉求|自愿|自己|本人|一家|一户|全家|家中|家里|家的|户|夫妇|夫妻|父子|母女|母子|父女|兄弟|姐妹|两人|二人|三人|等\d{0,3}人|等人|等\d|"
    r"占\d|名下|去世|死亡|身亡|受伤|病故|溺水|坠|被|已|均|因|驾驶|驾车|酒后|醉酒|骑|乘坐|持|用|到|在|于|从|向|与|和|将|把|对|的|系|是|为|未|不|曾|经|发帖|发布|拨打|报警|签订|签字|领取|享受|居住|户籍|承包|经营(?!户|者|部|权|场所|许可)|购买|缴纳|殴打|辱骂|未婚|已婚|"
    r"提交|提出|申请|起诉|上诉|入住|入院|住院|就诊|就读|参加|来到|回家|上访|信访|找|拿|打|要|有|没|也|又|还|就|便|再|则|并|同意|拒绝|收到|抓获|控制|抓捕|传唤|送往|送至|送医|救起|救出|带走|带回|告知|取得|办理|出具|支付|赔偿|退还|返还|补偿|承诺|认为|不服|冒雨|独自|愿意|自称|捡到|拾得|独居|生前|祖籍|籍贯|当场|当时|当晚|现场|随后|今年|去年|多次|先后|擅自|违规|私自|涉嫌|的儿子|的女儿|之子|之女|之妻|儿子|女儿|妻子|丈夫|母亲|父亲|家属|同学|不幸|离世|离职|离婚|结婚|情绪|病情|伤势|遗体|遗孀|"
    r"承认|否认|收取|收受|索要|讨要|讨薪|骗取|虚报|冒领|侵占|挪用|截留|威胁|阻挠|阻碍|堆放|饲养(?!户|场)|搭建|私搭|占用|砍伐|焚烧|种植(?!户|面积|基地|业|大户)|拖欠|逃逸|肇事|闯|偷|盗|赌|吸毒|造谣|散布|编造|"
    r"发生|发现|发出|给予|予以|拒|弃|接受|进行|实施|作出|做出|遭|获|配合|主动|投案|自首|前往|返回|离开|进入|担任|电话|家庭|一案|一事|私|立即|趁|冒用|冒充|伙同|纠集|指使|教唆|负|潜逃|至今|术后|产后|病|伤|"
    r"对|跟|替|帮|露宿|睡|躺|坐|站|走|跑|摔|跌|撞|捡|卖|买|住|操作|落水|轻微|轻伤|重伤|骨折|昏迷|头部|腿部)"
)
BREAK: Final = re.compile(r"[,，。;；:：、.!！?？()（）\[\]【】《》\"”’'\s\d/]|$")
PLACE_AFTER: Final = re.compile(
    r"(?:村|庄|屯|镇|乡|路|街|大道|堂|塔|阁|殿|亭|坊|社区|小区|组|县|市|区|桥|河|江|湖|水库|水厂|电站|公园|中学|小学|学校|大学|学院|幼儿园|医院|诊所|卫生院|药店|药房|公司|有限|集团|实业|酒店|宾馆|饭店|餐馆|超市|商场|花园|"
    r"苑|城|广场|文化|电影|烈士|陵园|故里|廉政|艺术|书画|诗词|[班连排](?=[、,。]|事迹|官兵)|面业|酒业|药业|食品|茶庄|茶叶|酱料|百货|老字号|麻辣烫|米粉|火锅|炸鸡|奶茶|凉茶|饮料|酱油|腐乳|服饰|家具|大药房|体育馆|剧院|大舞台|诞辰|雕像|塑像|铜像|大剧院|大厦|大桥|站|坡|冲|湾|塘|坪|岭|坝|垸|巷|垄|屋场|码头|工业|书院|古镇|景区|寺|庙|祠|故居|纪念馆|奖|杯|府|厂|矿|国际|新城|片区|院子|牌|店|铺|隧道|线|段|高速|立交|口|山|林场|农场|墟|圩|洲|港|库|渠|屯|寨|自治|州|省|氏|式|旗舰|工作室|律师|派出所|法院|队|潮|属|科)"
)
FALSE_NAME: Final = re.compile(r"[(\"“]?(?:系|为|均为|是)?化名")
# With these at their end, characters are rather a place or an office.
PLACE_LIKE: Final = frozenset("路街桥厂局市县区省院校站店楼苑园场馆所部处科厅记斋河湖寺庙库港湾岭坪塘")
# What no given name holds: marks of a name that is masked, particles, and places (王村、李庄;
# 单号 is a number).
_MASKED: Final = frozenset("某氏姓甲乙丙〇")
_PARTICLES: Final = frozenset(
    "的已均在也因被称说将等是与及对向从到都则还又就并未不有了着过把这那你我他她它们个吗呢吧啊没很更最让给所被"
)
_PLACES: Final = frozenset("村庄屯镇乡号")
NEVER: Final = _MASKED | _PARTICLES | _PLACES
BEFORE: Final = 14  # characters that are looked at before a name


def may_be_signed(before: str) -> bool:
    """Whether any sign may end what stands before a name: its last character tells, and costs least."""
    last = before[-1:]
    return not last or last in _ENDS or last.isspace() or last.isdecimal()


def is_role(before: str) -> bool:
    """Whether a word for a person ends what stands before a name (`ROLE`)."""
    last = before[-1:]
    return (last in _ROLE_ENDS or last.isspace()) and ROLE.search(before) is not None


def is_label(before: str) -> bool:
    """Whether what stands before a name says that one follows (`LABEL`): 名, 叫 or 称 is in all that do."""
    return ("名" in before or "叫" in before or "称" in before) and LABEL.search(before) is not None


def is_about(before: str) -> bool:
    """Whether what stands before a name says that somebody is spoken of (`ABOUT`)."""
    last = before[-1:]
    may_end = not last or last in _ABOUT_ENDS or last.isspace() or last.isdecimal()
    return may_end and ABOUT.search(before) is not None


def is_listed(before: str) -> bool:
    """Whether a name is one of a list (`LISTED`)."""
    last = before[-1:]
    return (last in _BETWEEN or last.isspace()) and LISTED.search(before) is not None

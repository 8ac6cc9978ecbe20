"""The first categories of a residential community: offered while one is typed, until and beside
the company's own words. A category is a word, not a row: a new one is there once it is used."""

CATEGORIES = (
    "给排水",
    "供电照明",
    "电梯",
    "门窗门禁",
    "房屋渗漏",
    "空调供暖",
    "弱电网络",
    "消防安全",
    "秩序安全",
    "保洁卫生",
    "绿化虫害",
    "停车管理",
    "噪声扰民",
    "装修管理",
    "收费账单",
    "服务态度",
)
MANY = 40  # words of its own, from which on a company has outgrown the first ones

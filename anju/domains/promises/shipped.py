"""The first catalogue of a residential community; every line is changed where the contract says so.

The standards are named by the codes of those that come with every company.
"""

# code, group, name, scope, hours, standards
SHIPPED: tuple[tuple[str, str, str, str, str, tuple[str, ...]], ...] = (
    (
        "desk", "desk", "接待与受理", "来电、来访和线上的咨询、报修、投诉与建议", "24 小时",
        ("repair", "complaint"),
    ),
    ("complaint", "desk", "投诉处理与回访", "受理、处理、答复和回访", "24 小时", ("complaint",)),
    ("gate", "order", "门岗值守", "出入口人员、车辆和物品的管理", "24 小时", ()),
    ("patrol", "order", "公共区域巡逻", "楼道、地下车库、园区和设备机房外围", "24 小时", ()),
    ("parking", "order", "停车秩序", "车辆引导、停放和消防车通道", "24 小时", ()),
    ("clean-inside", "cleaning", "楼内保洁", "大堂、电梯轿厢、楼道和扶手", "每日 7:00—18:00", ()),
    ("clean-outside", "cleaning", "园区保洁", "道路、绿地、车库和公共设施", "每日 7:00—18:00", ()),
    ("waste", "cleaning", "垃圾分类与清运", "投放点值守、清洁和每日清运", "每日 6:30—20:00", ()),
    ("pests", "cleaning", "消杀", "公共区域的灭鼠、灭蚊、灭蝇和灭蟑", "按季节计划", ()),
    ("green", "greening", "绿化养护", "浇水、修剪、施肥、病虫害防治和补种", "按月历", ()),
    ("repair", "engineering", "报修", "公共部位和约定范围内的入户维修", "24 小时", ("repair",)),
    ("equipment", "engineering", "设备设施", "供配电、给排水、消防、弱电和照明", "24 小时", ()),
    ("lift", "engineering", "电梯", "日常巡查、维保监督和困人救援", "24 小时", ()),
    ("greeting", "conduct", "问候与接待礼仪", "称呼、问候、起立接待和电话用语", "当班时间", ()),
    ("dress", "conduct", "着装与仪表", "工装、工牌、仪容和站姿", "当班时间", ()),
    ("entering", "conduct", "入户服务礼仪", "预约、敲门、鞋套、铺垫、清场和告辞", "预约时间", ()),
    ("housekeeping", "value", "家政与代办", "保洁、搬运、代收和代缴，按价目表收费", "预约", ()),
    ("home-repair", "value", "户内有偿维修", "户内管线、灯具和洁具，先报价后施工", "预约", ()),
)  # fmt: skip

"""The words that SuperCLUE uses for its lists and columns, 2023-05 to 2024-01."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_SUM, _MEAN = ("总分",), ("平均分", "平均")
LISTS: Mapping[str, tuple[str, Sequence[str]]] = {
    r"总榜单|总排行榜": ("general", _SUM),
    r"开源(?:模型)?(?:榜单|排行榜)": ("open-source", _SUM),
    r"十大基础能力": ("ten-abilities", ("分数",)),
    r"基础能力(?:表|榜单|排行榜)": ("basic", _MEAN),
    r"中文特性(?:能力)?(?:表|榜单|排行榜)": ("chinese", _MEAN),
    r"OPEN.*排行榜": ("open-questions", (*_SUM, "OPEN分数", "OPEN总分", "OPEN多轮开放问题")),
    r"OPT.*排行榜": ("multiple-choice", (*_MEAN, "OPT分数")),
    r"语言理解与生成排行榜": ("language", _SUM),
    r"专业技能与知识排行榜": ("skills", _SUM),
    r"Agent.*排行榜": ("agent", _SUM),
    r"安全性排行榜": ("safety", _SUM),
}
"""What a heading says → the track, and what its score is called. The first that is found in it counts."""
ABILITIES: Mapping[str, str] = {
    "计算": "computation",
    "逻辑推理": "reasoning",
    "代码": "code",
    "知识百科": "knowledge",
    "语言理解": "understanding",
    "对话": "dialogue",
    "生成创作": "writing",
    "角色扮演": "role-play",
    "AI Agent": "agent",
    "工具使用": "tool-use",
    "安全": "safety",
    "传统安全": "safety",
}
"""Columns of the ten abilities, which have no sum from September 2023 on: a board each."""
# fmt: off
PARTS = (
    *ABILITIES, "基础能力", "中文特性", "学术与专业能力", "学术专业", "学术与专业", "学术专业能力", "使用",
    "指标", "OPEN多轮开放问题", "OPEN多轮开放", "OPT三大能力客观题", "OPT客观题", "胜率", "负率",
    "生成与创作", "逻辑与推理", "闲聊", "语义理解", "字义理解", "对联", "成语", "文学", "方言",
    "歇后语和谚语", "诗词", "古文", "百科与知识", "角色模拟", "计算能力", "汉字字形和拼音理解",
    "汉语句法分析", "知识与百科", "字形和拼音", "句法分析", "专业技能与知识", "语言理解与生成", "AI智能体",
    "安全性", "语言理解与抽取", "上下文对话", "任务规划", "指令攻击", "语言与知识", "专业与技能",
)
# fmt: on
"""Columns of parts of a score, kept as printed."""

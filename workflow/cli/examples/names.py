"""Invented people: Chinese names and ids made of their pinyin."""

from __future__ import annotations

from collections import Counter
from random import Random

from attrs import define, field

_SURNAMES = (
    "王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 赵 zhao 黄 huang 周 zhou 吴 wu 徐 xu 孙 sun 胡 hu 朱 zhu 高 gao "
    "林 lin 何 he 郭 guo 马 ma 罗 luo 梁 liang 宋 song 郑 zheng 谢 xie 韩 han 唐 tang 冯 feng 于 yu 董 dong 萧 xiao "
    "程 cheng 曹 cao 袁 yuan 邓 deng 许 xu 傅 fu 沈 shen 曾 zeng 彭 peng 吕 lv 苏 su 卢 lu 蒋 jiang 蔡 cai 贾 jia "
    "丁 ding 魏 wei 薛 xue 叶 ye 余 yu 潘 pan 杜 du 戴 dai 夏 xia 钟 zhong 汪 wang 田 tian 任 ren 姜 jiang"
)
_GIVEN = (
    "明 ming 华 hua 建 jian 国 guo 志 zhi 强 qiang 军 jun 伟 wei 芳 fang 娜 na 敏 min 静 jing 丽 li 秀 xiu 英 ying "
    "玉 yu 兰 lan 霞 xia 平 ping 刚 gang 桂 gui 文 wen 辉 hui 力 li 永 yong 健 jian 世 shi 广 guang 义 yi 兴 xing "
    "良 liang 海 hai 山 shan 仁 ren 波 bo 宁 ning 贵 gui 福 fu 生 sheng 龙 long 元 yuan 全 quan 胜 sheng 学 xue "
    "祥 xiang 才 cai 发 fa 武 wu 新 xin 利 li 清 qing 飞 fei 彬 bin 富 fu 顺 shun 信 xin 杰 jie 涛 tao 昌 chang "
    "成 cheng 康 kang 星 xing 光 guang 天 tian 达 da 安 an 岩 yan 中 zhong 茂 mao 进 jin 林 lin 有 you 坚 jian 和 he "
    "庆 qing 春 chun 梅 mei 琳 lin 素 su 云 yun"
)


def _pairs(text: str) -> list[tuple[str, str]]:
    words = text.split()
    return list(zip(words[::2], words[1::2], strict=True))


@define
class Names:
    """Draws people; an id is given once, the second wang-min becomes wang-min-2."""

    rng: Random
    _given: Counter[str] = field(factory=Counter, init=False)

    def draw(self) -> tuple[str, str]:
        """Id and name of somebody new."""
        surname, family = self.rng.choice(_SURNAME_PAIRS)
        parts = [self.rng.choice(_GIVEN_PAIRS) for _ in range(1 if self.rng.random() < 0.2 else 2)]
        ident = f"{family}-{''.join(pinyin for _, pinyin in parts)}"
        self._given[ident] += 1
        number = self._given[ident]
        return (ident if number == 1 else f"{ident}-{number}"), surname + "".join(character for character, _ in parts)


_SURNAME_PAIRS, _GIVEN_PAIRS = _pairs(_SURNAMES), _pairs(_GIVEN)

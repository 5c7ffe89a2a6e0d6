"""What no shop said: invented discounts, policies, promises and actions, as a model might make them up."""

from __future__ import annotations

PROMISES: dict[str, tuple[str, ...]] = {
    "en": (
        "You get 10% off today.", "I can offer you a discount.", "Shipping is free for you.", "We will refund you right away.",
        "I have cancelled your order.", "I have sent it to you.", "You will get it tomorrow.", "We guarantee the lowest price.",
        "This comes with a lifetime warranty.", "You can return it at any time.", "I will add a gift for you.", "This is our best seller.",
        "It will arrive before the weekend.", "A colleague will call you in five minutes.", "Use the code WELCOME at checkout.",
        "There is a sale until Sunday.", "You can pay later.", "I have added it to your cart.", "Everyone loves this one.",
        "This is the best product in the shop.", "It is of the highest quality.", "We never share your data.", "You have won a prize.",
        "We price match every other shop.", "I can give you a refund.", "It is safe for children.", "You can keep it for free.",
        "We do that for you.", "It is yours.", "That is included.", "I will make sure it arrives.", "They are all great for running.",
        "It is on us.", "We can send you another one.", "You have nothing to pay.", "Only today!", "It fits you perfectly.",
    ),
    "zh": (
        "今天给您打九折。", "我可以给您优惠。", "包邮。", "我们会马上退款。", "我已经取消了您的订单。", "明天就能送到。", "保证全网最低价。",
        "终身保修。", "随时可以退货。", "送您一份赠品。", "这是本店最畅销的一款。", "周末前一定送达。", "五分钟内同事会给您打电话。",
        "结账时使用优惠码。", "促销到周日。", "已经帮您加入购物车。", "质量最好。", "您中奖了。", "可以免费换新。", "儿童使用也安全。",
        "这款非常适合跑步。", "我们会给您补偿。", "不满意全额退款。", "现在下单立减。", "支持七天无理由退货。",
    ),
}  # fmt: skip

FALSE_GLUE: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "en": (
        ("found", ("Good news!", "Here is what I found.", "I found something for you.", "Have a look at these.", "Here are some options.")),
        ("done", ("Done!", "All done.", "That is taken care of.", "All set.", "Consider it done.")),
        ("yes", ("Yes.", "Yes, it is.", "Absolutely.", "Yes indeed!", "It does.", "Certainly.")),
        ("no", ("No, it isn't.", "I'm afraid not.", "Unfortunately not.", "No.", "It does not.")),
    ),
    "zh": (
        ("found", ("好消息！", "为您找到了这些。", "看看这些。")),
        ("done", ("办好了。", "已经处理好了。", "搞定了。")),
        ("yes", ("是的。", "没错。", "是的，没错。")),
        ("no", ("不是。", "很遗憾，不是。")),
    ),
}  # fmt: skip
"""True words in the right turn, false in another: "Done!" after a refusal."""

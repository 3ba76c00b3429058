"""The words with which machines open the subject of a message they sent by themselves, in many languages.

Headers that say the same are looked at first, by ``bounces``.
"""

from __future__ import annotations

# A subject that holds one of these, from a mail server, is a notice that something of ours was not delivered.
UNDELIVERED = (
    "undelivered mail", "undeliverable", "delivery status notification (failure)",
    "delivery status notification (delay)", "mail delivery failed", "mail delivery failure", "delivery failure",
    "failure notice", "returned mail", "delayed mail", "message not delivered", "unzustellbar", "nicht zustellbar",
    "zustellung fehlgeschlagen", "zustellung nicht möglich", "non remis", "non distribué", "échec de la remise",
    "no se puede entregar", "no entregado", "error de entrega", "non recapitabile", "mancato recapito",
    "impossibile recapitare", "onbestelbaar", "niet bezorgd", "niet afgeleverd", "não entregue",
    "não é possível entregar", "não foi entregue", "niedostarczon", "nie można dostarczyć", "nedoručiteln",
    "nelze doručit", "neisporuč", "nije isporučen", "αδυναμία παράδοσης", "δεν παραδόθηκε",
    "δεν είναι δυνατή η παράδοση", "olevererbar", "kan inte levereras", "kunne ikke leveres", "nelivrat",
    "nu a putut fi livrat", "imposibil de livrat", "недоставен", "не може да бъде доставен", "kézbesíthetetlen",
    "配信不能", "配信できません", "配信エラー", "送信できません", "退信", "未送达", "无法传递", "无法投递", "投递失败",
)  # fmt: skip

# A subject that begins so is an automatic reply.
AUTOMATIC = (
    "automatic reply", "auto reply", "auto-reply", "autoreply", "out of office", "out-of-office",
    "abwesenheitsnotiz", "automatische antwort", "abwesend:", "réponse automatique", "absence du bureau",
    "respuesta automática", "fuera de la oficina", "risposta automatica", "fuori sede", "automatisch antwoord",
    "afwezigheidsbericht", "resposta automática", "ausência temporária", "odpowiedź automatyczna", "autoodpowiedź",
    "automatická odpověď", "automatski odgovor", "αυτόματη απάντηση", "εκτός γραφείου", "autosvar",
    "automatiskt svar", "frånvaromeddelande", "automatisk svar", "răspuns automat", "автоматичен отговор",
    "автоматически отговор", "automatikus válasz", 
    "自動応答", "自動返信", "不在通知", "自动答复", "自动回复", "自動回覆",
)  # fmt: skip

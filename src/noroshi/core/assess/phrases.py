"""Words for weaknesses, severity and attack conditions, in Japanese and English.

The wording is ours. A weakness phrase is a noun phrase that fits both 「…における〈…〉の脆弱性」
and "〈…〉 in …".
"""

from __future__ import annotations

from typing import Literal

Lang = Literal["ja", "en"]

WEAKNESSES: dict[str, tuple[str, str]] = {
    "CWE-16": ("設定の不備", "misconfiguration"),
    "CWE-20": ("入力値の確認不足", "insufficient input validation"),
    "CWE-22": ("パストラバーサル", "path traversal"),
    "CWE-23": ("相対パスを用いたパストラバーサル", "relative path traversal"),
    "CWE-59": ("リンクの不適切な解決", "unsafe link following"),
    "CWE-73": ("ファイル名やパスの外部からの操作", "externally controlled file name or path"),
    "CWE-74": ("インジェクション", "injection"),
    "CWE-77": ("コマンドインジェクション", "command injection"),
    "CWE-78": ("OS コマンドインジェクション", "operating system command injection"),
    "CWE-79": ("クロスサイトスクリプティング", "cross-site scripting"),
    "CWE-80": ("スクリプト関連タグの無効化漏れ", "unescaped script tags"),
    "CWE-88": ("コマンド引数インジェクション", "argument injection"),
    "CWE-89": ("SQL インジェクション", "SQL injection"),
    "CWE-91": ("XML インジェクション", "XML injection"),
    "CWE-94": ("コードインジェクション", "code injection"),
    "CWE-95": ("eval インジェクション", "injection into dynamically evaluated code"),
    "CWE-98": ("外部ファイルの読み込み(PHP)", "PHP file inclusion"),
    "CWE-113": ("HTTP ヘッダインジェクション", "HTTP header injection"),
    "CWE-116": ("出力時のエスケープ不備", "improper output encoding"),
    "CWE-119": ("メモリ領域の範囲外操作", "memory access out of bounds"),
    "CWE-120": ("長さを確かめないバッファコピー", "unchecked buffer copy"),
    "CWE-121": ("スタックバッファオーバーフロー", "stack buffer overflow"),
    "CWE-122": ("ヒープバッファオーバーフロー", "heap buffer overflow"),
    "CWE-125": ("境界外読み取り", "out-of-bounds read"),
    "CWE-129": ("配列添字の検証不備", "unchecked array index"),
    "CWE-131": ("バッファサイズの計算誤り", "miscalculated buffer size"),
    "CWE-134": ("書式文字列の不備", "format string flaw"),
    "CWE-189": ("数値処理の不備", "numeric error"),
    "CWE-190": ("整数オーバーフロー", "integer overflow"),
    "CWE-191": ("整数アンダーフロー", "integer underflow"),
    "CWE-200": ("情報漏えい", "information disclosure"),
    "CWE-203": ("応答の差による情報漏えい", "observable differences in responses"),
    "CWE-209": ("エラーメッセージによる情報漏えい", "disclosure through error messages"),
    "CWE-250": ("不要な権限での実行", "running with unneeded privileges"),
    "CWE-255": ("認証情報の管理の不備", "flawed credentials management"),
    "CWE-264": ("認可・権限・アクセス制御の不備", "flawed permissions or access control"),
    "CWE-269": ("権限管理の不備", "flawed privilege management"),
    "CWE-276": ("初期設定の権限の誤り", "wrong default permissions"),
    "CWE-284": ("アクセス制御の不備", "flawed access control"),
    "CWE-285": ("認可の不備", "flawed authorisation"),
    "CWE-287": ("認証の不備", "flawed authentication"),
    "CWE-288": ("別経路による認証回避", "authentication bypass by another path"),
    "CWE-290": ("なりすましによる認証回避", "authentication bypass by spoofing"),
    "CWE-294": ("再送による認証回避", "authentication bypass by replay"),
    "CWE-295": ("証明書検証の不備", "flawed certificate validation"),
    "CWE-306": ("重要な機能における認証の欠如", "missing authentication for a critical function"),
    "CWE-307": ("認証試行回数の制限不備", "unlimited authentication attempts"),
    "CWE-310": ("暗号処理の不備", "flawed cryptography"),
    "CWE-311": ("重要情報の暗号化の欠如", "missing encryption of sensitive data"),
    "CWE-312": ("重要情報の平文保存", "sensitive data stored in clear text"),
    "CWE-319": ("重要情報の平文通信", "sensitive data sent in clear text"),
    "CWE-326": ("暗号強度の不足", "inadequate encryption strength"),
    "CWE-327": ("危殆化した暗号の使用", "use of a broken cryptographic algorithm"),
    "CWE-345": ("データの真正性の確認不足", "insufficient verification of data authenticity"),
    "CWE-346": ("送信元の検証不備", "flawed origin validation"),
    "CWE-347": ("電子署名の検証不備", "flawed signature verification"),
    "CWE-352": ("クロスサイトリクエストフォージェリ", "cross-site request forgery"),
    "CWE-362": ("競合状態", "race condition"),
    "CWE-367": ("確認と使用の間の競合(TOCTOU)", "time-of-check to time-of-use race"),
    "CWE-384": ("セッション固定", "session fixation"),
    "CWE-399": ("リソース管理の不備", "flawed resource management"),
    "CWE-400": ("リソースの過剰な消費", "uncontrolled resource consumption"),
    "CWE-401": ("メモリリーク", "memory leak"),
    "CWE-404": ("リソースの解放不備", "improper resource release"),
    "CWE-415": ("メモリの二重解放", "double free"),
    "CWE-416": ("解放済みメモリの使用", "use after free"),
    "CWE-426": ("信頼できない検索パス", "untrusted search path"),
    "CWE-427": ("検索パスの制御不備", "uncontrolled search path element"),
    "CWE-434": ("危険なファイルの無制限なアップロード", "unrestricted upload of dangerous files"),
    "CWE-444": ("HTTP リクエストスマグリング", "HTTP request smuggling"),
    "CWE-457": ("未初期化変数の使用", "use of an uninitialised variable"),
    "CWE-476": ("NULL ポインタ参照", "null pointer dereference"),
    "CWE-494": ("ダウンロードしたコードの完全性の未確認", "code download without integrity check"),
    "CWE-502": ("信頼できないデータのデシリアライズ", "deserialisation of untrusted data"),
    "CWE-521": ("弱いパスワードの許容", "weak password requirements"),
    "CWE-522": ("認証情報の保護不足", "insufficiently protected credentials"),
    "CWE-532": ("ログへの重要情報の出力", "sensitive information in logs"),
    "CWE-601": ("オープンリダイレクト", "open redirect"),
    "CWE-611": ("XML 外部実体参照(XXE)", "XML external entity reference"),
    "CWE-617": ("外部から到達可能なアサーション", "reachable assertion"),
    "CWE-639": (
        "利用者が操作できる識別子による認可回避",
        "authorisation bypass by user-supplied key",
    ),
    "CWE-667": ("ロック処理の不備", "improper locking"),
    "CWE-668": ("リソースの誤った領域への露出", "resource exposed to the wrong sphere"),
    "CWE-674": ("無制限の再帰", "uncontrolled recursion"),
    "CWE-693": ("保護機構の不備", "failing protection mechanism"),
    "CWE-704": ("型変換の誤り", "incorrect type conversion"),
    "CWE-732": ("重要なリソースの権限設定の誤り", "wrong permissions on a critical resource"),
    "CWE-754": ("例外的な状態の確認不足", "unchecked exceptional conditions"),
    "CWE-755": ("例外的な状態の処理不備", "improper handling of exceptional conditions"),
    "CWE-770": ("リソース割り当ての制限の欠如", "resource allocation without limits"),
    "CWE-772": ("使用後のリソースの未解放", "missing release of resources"),
    "CWE-776": ("XML 実体の再帰的な展開", "recursive XML entity expansion"),
    "CWE-787": ("境界外書き込み", "out-of-bounds write"),
    "CWE-798": ("固定された認証情報の使用", "hard-coded credentials"),
    "CWE-824": ("初期化されていないポインタの使用", "use of an uninitialised pointer"),
    "CWE-835": ("無限ループ", "infinite loop"),
    "CWE-843": ("型の取り違え", "type confusion"),
    "CWE-862": ("認可の欠如", "missing authorisation"),
    "CWE-863": ("認可の誤り", "incorrect authorisation"),
    "CWE-908": ("初期化されていないリソースの使用", "use of an uninitialised resource"),
    "CWE-909": ("リソースの初期化漏れ", "missing initialisation of a resource"),
    "CWE-917": ("式言語インジェクション", "expression language injection"),
    "CWE-918": ("サーバサイドリクエストフォージェリ", "server-side request forgery"),
    "CWE-1188": ("安全でない初期値", "insecure default"),
    "CWE-1236": ("CSV への数式の埋め込み", "formula injection into CSV files"),
    "CWE-1284": ("数量の検証不備", "unchecked quantity in input"),
    "CWE-1321": ("プロトタイプ汚染", "prototype pollution"),
    "CWE-1333": ("非効率な正規表現", "inefficient regular expression"),
}
"""CWE id → (Japanese, English)."""

SEVERITIES: dict[str, tuple[str, str]] = {
    "none": ("なし", "none"),
    "low": ("注意", "low"),
    "medium": ("警告", "medium"),
    "high": ("重要", "high"),
    "critical": ("緊急", "critical"),
}

REACH: dict[str, tuple[str, str]] = {
    "N": ("ネットワーク経由で", "over the network"),
    "A": ("隣接ネットワークから", "from an adjacent network"),
    "L": ("ローカル環境で", "locally"),
    "P": ("機器に物理的に触れることで", "with physical access"),
}
"""CVSS attack vector."""

PRIVILEGES: dict[str, tuple[str, str]] = {
    "N": ("権限を持たない攻撃者に", "by an attacker without privileges"),
    "L": ("一般の権限を持つ攻撃者に", "by an attacker with ordinary privileges"),
    "H": ("高い権限を持つ攻撃者に", "by an attacker with high privileges"),
    "S": ("認証された攻撃者に", "by an authenticated attacker"),
    "M": ("複数回の認証を経た攻撃者に", "by an attacker who has authenticated several times"),
}
"""CVSS 3 and 4 privileges required; S and M are version 2's Authentication."""

IMPACTS: dict[str, tuple[str, str]] = {
    "C": ("情報の漏えい", "disclosure of information"),
    "I": ("情報の改ざん", "tampering with information"),
    "A": ("サービスの妨害", "disruption of service"),
}

FACETS: dict[str, tuple[str, str]] = {
    "severity": ("深刻度", "severity"),
    "weakness": ("弱点の種類", "weakness"),
    "products": ("影響を受ける製品", "affected products"),
    "exploitation": ("悪用の有無", "exploitation"),
    "existence": ("脆弱性の存在", "existence of the flaw"),
}

CONTRADICTION_KINDS: dict[str, tuple[str, str]] = {
    "state": ("識別番号の状態", "the state of the identifier"),
    "severity": ("深刻度", "severity"),
    "score": ("基本値とベクタ", "score and vector"),
    "weakness": ("弱点の種類", "weakness"),
    "ranges": ("影響を受けるバージョン", "affected versions"),
    "affected": ("影響の有無", "whether a product is affected"),
    "exploited": ("悪用の有無", "exploitation"),
}

VOICES: dict[str, tuple[str, str]] = {
    "nvd": ("NVD", "NVD"),
    "cisa-adp": ("CISA (ADP)", "CISA (ADP)"),
    "cisa-kev": ("CISA KEV", "CISA's KEV catalogue"),
    "epss": ("FIRST EPSS", "FIRST EPSS"),
    "cve5": ("CVE Program", "the CVE Program"),
    "jvn": ("JVN iPedia", "JVN iPedia"),
    "osv": ("OSV", "OSV"),
    "ghsa": ("GitHub Advisory Database", "the GitHub Advisory Database"),
    "vulnrichment": ("CISA Vulnrichment", "CISA's Vulnrichment"),
    "redhat": ("Red Hat", "Red Hat"),
    "suse": ("SUSE", "SUSE"),
    "amazon": ("Amazon Linux", "Amazon Linux"),
    "ubuntu": ("Ubuntu", "Ubuntu"),
    "debian": ("Debian", "Debian"),
    "alpine": ("Alpine Linux", "Alpine Linux"),
    "csaf": ("CSAF", "CSAF"),
    "nvd_overrides": ("AnchoreによるNVDの補正", "corrections to NVD (Anchore)"),
    "exploitdb": ("Exploit-DB", "Exploit-DB"),
    "metasploit": ("Metasploit", "Metasploit"),
    "nuclei": ("nuclei", "nuclei"),
}
"""Voices that people know under another name; any other is shown as it is."""


def phrase(table: dict[str, tuple[str, str]], key: str, lang: Lang) -> str:
    """Return the words for ``key``; the key itself where the table has none."""
    pair = table.get(key)
    if pair is None:
        return key
    return pair[0] if lang == "ja" else pair[1]


def weakness_phrase(cwe: str, lang: Lang) -> str:
    """Return the noun phrase for a CWE id; for a rarer one, its number."""
    if cwe in WEAKNESSES:
        return phrase(WEAKNESSES, cwe, lang)
    return cwe if lang == "ja" else f"weakness {cwe}"

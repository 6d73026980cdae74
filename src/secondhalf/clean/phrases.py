"""What pages say around their text, in English and Japanese, lower-cased: sharing, menus, accounts, cookies, notices."""

_ENGLISH = """
accept all cookies | accept cookies | we use cookies | this site uses cookies | this website uses cookies | cookie policy
cookie settings | manage cookies | privacy policy | terms of use | terms of service | terms and conditions
all rights reserved | copyright © | share on facebook | share on twitter | share on linkedin | share this | tweet this
share via email | pin it | follow us on | like us on facebook | subscribe to our newsletter | sign up for our newsletter
subscribe now | sign in | sign up | log in | log out | forgot your password | create an account | remember me
skip to content | skip to main content | skip to navigation | back to top | toggle navigation | main menu | site map
previous post | next post | previous article | next article | related posts | related articles | you may also like
recent posts | popular posts | most read | read more | continue reading | click here | view all | show more | load more
leave a comment | leave a reply | post a comment | no comments yet | add a comment | your email address will not be published
powered by wordpress | proudly powered by | add to cart | shopping cart | add to wishlist | view cart | contact us
about us | enable javascript | javascript is disabled | your browser does not support | lorem ipsum | advertisement
sponsored content | print this page | email this article | report abuse | filed under: | tagged with: | posted in:
"""

_JAPANESE = """
利用規約 | プライバシーポリシー | 個人情報保護方針 | 特定商取引法に基づく表記 | 無断転載 | 無断複製 | 著作権について
この記事をシェア | シェアする | ツイートする | ツイート | フォローする | いいね! | いいね！ | lineで送る
facebookでシェア | twitterでシェア | xでシェア | はてなブックマーク | ブックマークする | 続きを読む | もっと見る
全文を読む | 一覧を見る | 一覧へ戻る | トップへ戻る | ページトップへ | ページの先頭へ | ページの先頭に戻る
先頭へ戻る | 本文へスキップ | メインコンテンツへ | メニューを開く | メニューを閉じる | 前の記事 | 次の記事
前のページ | 次のページ | 前へ | 次へ | 関連記事 | 関連リンク | 関連商品 | おすすめ記事 | 人気記事 | 人気の記事
最新記事 | 最近の投稿 | 最近のコメント | アーカイブ | カテゴリー: | カテゴリー： | タグ: | タグ： | お問い合わせ
サイトマップ | 会社概要 | 運営会社 | ログイン | ログアウト | 会員登録 | 新規登録 | 無料登録 | パスワードを忘れた
カートに入れる | カートを見る | お気に入りに追加 | 買い物かご | コメントを残す | コメントを書く
メールアドレスが公開されることはありません | メルマガ登録 | メールマガジン | cookieを使用 | クッキーを使用
cookieの使用 | すべて同意する | 同意する | javascriptを有効 | javascriptが無効 | お使いのブラウザ | スポンサーリンク
スポンサードリンク | 広告 | 印刷する | この記事を印刷 | ホーム
"""


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for line in text.strip().splitlines() for phrase in line.split("|"))


# By first word, so that a text is searched only for those that can be there.
ENGLISH: dict[str, list[str]] = {}
for _phrase in _phrases(_ENGLISH):
    ENGLISH.setdefault(_phrase.split()[0], []).append(_phrase)
JAPANESE = _phrases(_JAPANESE)

-- How names are compared, for questions inside the database: the same text as fold() in folding.py, which writes
-- this file (`folding.macro()`) and where the rule is explained; a test holds the two equal.
CREATE OR REPLACE MACRO fold(name) AS
    replace(
        regexp_replace(
            regexp_replace(
                trim(
                    regexp_replace(
                        CASE
                            WHEN regexp_full_match(name, '[\x00-\x7f]*') THEN lower(name)
                            ELSE translate(
                                regexp_replace(name, '[\x{ad}\x{300}-\x{36f}\x{61c}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}\x{2066}-\x{2069}\x{fe0e}-\x{fe0f}\x{feff}]', '', 'g'),
                                'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĐĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŁŃńŅņŇňŊŌōŎŏŐőŒŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžſȘșȚțΆ·ΈΉΊΌΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίΰϊϋόύώЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯйѐёѓїќѝўҐ！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～',
                                'abcdefghijklmnopqrstuvwxyzaaaaaaæceeeeiiiiðnoooooøuuuuyþaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddđeeeeeeeeeegggggggghhħiiiiiiiiijjkkllllllłnnnnnnŋooooooœrrrrrrssssssssttttŧuuuuuuuuuuuuwwyyyzzzzzzsssttα εηιουωιαβγδεζηθικλμνξοπρστυφχψωιυαεηιυιυουωееђгєѕііјљњћкиуџабвгдежзииклмнопрстуфхцчшщъыьэюяиеегікиуґ  #$%&    +    0123456789      @abcdefghijklmnopqrstuvwxyz      abcdefghijklmnopqrstuvwxyz    '
                            )
                        END,
                        '[\x{9}-\x{d}\x{20}-\x{22}\x{27}-\x{2a}\x{2c}-\x{2f}\x{3a}-\x{3f}\x{5b}-\x{60}\x{7b}-\x{7e}\x{85}\x{a0}\x{a9}\x{ab}\x{ae}\x{b7}\x{bb}\x{1680}\x{2000}-\x{200a}\x{2010}-\x{2015}\x{2018}-\x{201f}\x{2022}\x{2026}\x{2028}-\x{2029}\x{202f}\x{2039}-\x{203a}\x{2043}\x{205f}\x{2122}\x{2212}\x{3000}-\x{3002}\x{3008}-\x{3011}\x{fe58}\x{fe63}\x{ff01}\x{ff08}-\x{ff09}\x{ff0c}-\x{ff0d}\x{ff1a}-\x{ff1b}\x{ff1f}]+', ' ', 'g'
                    ),
                    ' '
                ),
                '([^0-9]) ', '\1', 'g'
            ),
            ' ([^0-9])', '\1', 'g'
        ),
        ' ', '.'
    );

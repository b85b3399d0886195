//! Every construct, what has broken other converters, and random documents.

use super::*;
use proptest::prelude::*;

fn written(markdown: &str) -> String {
    let xml = storage(markdown, PageContext::default()).unwrap();
    assert_eq!(check(&xml), Ok(()), "{xml}");
    xml
}

#[test]
fn every_construct_has_its_element() {
    let code = |language: &str, text: &str| {
        format!(
            "<ac:structured-macro ac:name=\"code\" ac:schema-version=\"1\"><ac:parameter ac:name=\"language\">{language}\
             </ac:parameter><ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body></ac:structured-macro>"
        )
    };
    let panel = |name: &str| {
        format!(
            "<ac:structured-macro ac:name=\"{name}\" ac:schema-version=\"1\"><ac:rich-text-body><p>x</p>\
             </ac:rich-text-body></ac:structured-macro>"
        )
    };
    let cases = [
        ("# A *b*", "<h1>A <em>b</em></h1>".to_owned()),
        ("###### A", "<h6>A</h6>".to_owned()),
        ("**a** ~~b~~ `c`", "<p><strong>a</strong> <del>b</del> <code>c</code></p>".to_owned()),
        ("a\\\nb", "<p>a<br />b</p>".to_owned()),
        ("- a\n- b\n  1. c", "<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>".to_owned()),
        ("4. a\n5. b", "<ol start=\"4\"><li>a</li><li>b</li></ol>".to_owned()),
        ("> a", "<blockquote><p>a</p></blockquote>".to_owned()),
        ("---", "<hr />".to_owned()),
        ("```rust\nx\n```", code("text", "x")),
        ("```sh title=x\na\nb\n```", code("bash", "a\nb")),
        ("    <a>", code("text", "<a>")),
        ("> [!NOTE]\n> x", panel("info")),
        ("> [!IMPORTANT]\n> x", panel("note")),
        ("> [!TIP]\n> x", panel("tip")),
        ("> [!CAUTION]\n> x", panel("warning")),
        ("[a](https://e.com/?a=1&b=%22)", "<p><a href=\"https://e.com/?a=1&amp;b=%22\">a</a></p>".to_owned()),
        ("<a@e.com>", "<p><a href=\"mailto:a@e.com\">a@e.com</a></p>".to_owned()),
        (
            "![a \"b\"](https://e.com/x.png)",
            "<p><ac:image ac:alt=\"a &quot;b&quot;\"><ri:url ri:value=\"https://e.com/x.png\" /></ac:image></p>"
                .to_owned(),
        ),
        (
            "| a | b |\n|---|--:|\n| 1 | *2* |",
            "<table><tbody><tr><th>a</th><th style=\"text-align: right;\">b</th></tr><tr><td>1</td>\
             <td style=\"text-align: right;\"><em>2</em></td></tr></tbody></table>"
                .to_owned(),
        ),
    ];
    for (markdown, xml) in cases {
        assert_eq!(written(markdown), xml, "{markdown}");
    }
}

#[test]
fn tasks_become_task_lists_and_may_stand_among_items() {
    let task = |id: u32, status: &str, body: &str| {
        format!(
            "<ac:task><ac:task-id>{id}</ac:task-id><ac:task-status>{status}</ac:task-status><ac:task-body>{body}\
             </ac:task-body></ac:task>"
        )
    };
    let inner = format!("b<ac:task-list>{}</ac:task-list>", task(3, "incomplete", "c"));
    let tasks = format!("{}{}", task(1, "complete", "a"), task(2, "incomplete", &inner));
    assert_eq!(
        written("- [x] a\n- [ ] b\n  - [ ] c\n- d"),
        format!("<ac:task-list>{tasks}</ac:task-list><ul><li>d</li></ul>")
    );
    assert!(written("- [ ] a\n\n- [ ] b").contains(&task(2, "incomplete", "<p>b</p>")));
}

#[test]
fn a_footnote_stands_at_the_end_and_is_linked() {
    let xml = written("a[^x] b[^y] c[^x]\n\n[^y]: two\n[^x]: one");
    let number =
        |n: u32| format!("<sup><ac:link ac:anchor=\"footnote-{n}\"><ac:link-body>{n}</ac:link-body></ac:link></sup>");
    assert!(xml.starts_with(&format!("<p>a{} b{} c{}</p><hr /><ol><li>", number(1), number(2), number(1))), "{xml}");
    assert!(xml.find("<p>one</p>").unwrap() < xml.find("<p>two</p>").unwrap(), "{xml}");
    assert!(written("a[^z]").contains("[^z]"));
    assert!(written("a\n\n[^u]: never asked for").contains("never asked for"));
}

#[test]
fn a_link_within_the_page_leads_to_its_heading() {
    let xml = written("[to it](#what-broke)\n\n## What broke");
    assert!(xml.contains("<ac:link ac:anchor=\"what-broke\"><ac:link-body>to it</ac:link-body></ac:link>"), "{xml}");
    assert!(xml.contains("<h2><ac:structured-macro ac:name=\"anchor\""), "{xml}");
    assert!(!written("## What broke").contains("anchor"));
}

#[test]
fn what_no_browser_should_open_is_shown_as_text() {
    for to in ["javascript:alert(1)", "data:text/html,x", "../x.md", "JAVASCRIPT:x"] {
        let xml = written(&format!("[here]({to})"));
        assert!(!xml.contains("href"), "{xml}");
        assert!(xml.contains(&format!("here ({to})")), "{xml}");
    }
}

#[test]
fn a_long_document_gets_contents_below_its_first_heading() {
    let sections = "## Part\n\ntext\n\n".repeat(8);
    let xml = written(&format!("# Title\n\n{sections}"));
    assert!(xml.starts_with("<h1>Title</h1><ac:structured-macro ac:name=\"toc\""), "{xml}");
    let titled = PageContext { title: "Title", ..PageContext::default() };
    let xml = storage(&format!("# Title\n\n{sections}"), titled).unwrap();
    assert!(xml.starts_with("<ac:structured-macro ac:name=\"toc\"") && !xml.contains("<h1>"), "{xml}");
    assert!(!written("## a\n\n## b").contains("toc"));
}

#[test]
fn what_breaks_other_converters_does_not_break_this_one() {
    let cases = [
        ("| a |\n|---|\n| x \\|\\| y |", "<td>x || y</td>"),
        ("a <x> b </y", "a &lt;x&gt; b &lt;/y"),
        ("<div markdown>\n**x**\n</div>", "<p>&lt;div markdown&gt;<br />**x**<br />&lt;/div&gt;</p>"),
        ("```\na ]]> b ]]]]>\n```", "<![CDATA[a ]]]]><![CDATA[> b ]]]]]]><![CDATA[>]]>"),
        ("`]]>`", "<code>]]&gt;</code>"),
        ("a &nbsp;b &ouml; &amp;lt; &#x1F600;", "a \u{a0}b ö &amp;lt; 😀"),
        ("👩‍👩‍👧‍👦 🇩🇪", "<p>👩‍👩‍👧‍👦 🇩🇪</p>"),
        ("a\u{0}b\u{8}c\u{1b}d\u{fffe}e", "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e"),
        ("```\na\u{1b}[31mb\n```", "<![CDATA[a\u{fffd}[31mb]]>"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("x <b>y</b> <br> z", "x <strong>y</strong> <br /> z"),
        ("x <b>y", "x &lt;b&gt;y"),
        ("<b><i>y</b></i>", "<strong>&lt;i&gt;y</strong>&lt;/i&gt;"),
        ("*a <b>b* c</b>", "<em>a &lt;b&gt;b</em> c&lt;/b&gt;"),
        ("a <b onclick=\"x()\">b</b>", "&lt;b onclick="),
        ("a <!-- note --> b", "a  b"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<ac:structured-macro ac:name=\"html\">", "&lt;ac:structured-macro ac:name="),
        ("{html}x{html} ${a} #if($b)", "{html}x{html} ${a} #if($b)"),
        ("[a](<https://e.com/\"><script>>)", "href=\"https://e.com/%22"),
        ("![x](data:image/png;base64,AAAA)", "<p>x</p>"),
    ];
    for (markdown, part) in cases {
        let xml = written(markdown);
        if markdown.contains("e.com") {
            assert!(!xml.contains("<script>"), "{xml}");
            continue;
        }
        assert!(xml.contains(part), "{markdown:?}\n{xml}");
    }
}

#[test]
fn details_become_a_part_that_unfolds() {
    let xml = written("<details>\n<summary>Log & more</summary>\n\n**x**\n\n</details>");
    assert!(xml.contains("ac:name=\"expand\"") && xml.contains("Log &amp; more</ac:parameter>"), "{xml}");
    assert!(xml.contains("<p><strong>x</strong></p></ac:rich-text-body>"), "{xml}");
    assert!(written("<details>\n\nx").contains("&lt;details&gt;"));
}

#[test]
fn an_image_that_is_attached_names_its_attachment() {
    let pictures = [("tree.png".to_owned(), "why \"tree\".png".to_owned())];
    let page = PageContext { pictures: &pictures, ..PageContext::default() };
    let xml = storage("![5 *Whys*](tree.png)", page).unwrap();
    assert_eq!(
        xml,
        "<p><ac:image ac:alt=\"5 Whys\"><ri:attachment ri:filename=\"why &quot;tree&quot;.png\" /></ac:image></p>"
    );
}

#[test]
fn the_why_tree_is_told_by_the_words_around_it_where_it_is_not_attached() {
    assert_eq!(written("a\n\n![Why tree](why-tree.svg)\n\nb"), "<p>a</p><p>b</p>");
    assert!(written("a ![Why tree](why-tree.svg)").contains("Why tree"));
}

#[test]
fn a_cell_beyond_the_last_column_is_not_lost() {
    let xml = written("| a | b |\n|---|---|\n| c | d | **e** | f |\n| g |\n");
    assert!(xml.contains("<td>c</td><td>d | **e** | f</td>"), "{xml}");
    assert!(xml.contains("<tr><td>g</td><td></td></tr>"), "{xml}");
}

#[test]
fn deep_lists_and_wide_tables_stay_whole() {
    let deep = (0..200).fold(String::new(), |list, depth| list + &"  ".repeat(depth) + "- item\n");
    assert_eq!(written(&deep).matches("<li>").count(), 200);
    let quotes = format!("{} x", ">".repeat(3000));
    assert_eq!(written(&quotes).matches("<blockquote>").count(), 3000);
    let row = |cell: &str| format!("|{}\n", format!(" {cell} |").repeat(40));
    let xml = written(&format!("{}{}{}", row("h"), row("---"), row("c || d").replace("||", "\\|\\|")));
    assert_eq!((xml.matches("<th>").count(), xml.matches("<td>c || d</td>").count()), (40, 40));
}

#[test]
fn a_document_without_text_is_refused() {
    for markdown in ["", " \n", "<!-- only a comment -->"] {
        assert_eq!(storage(markdown, PageContext::default()), Err(DocumentError::Empty), "{markdown:?}");
    }
}

#[test]
fn a_page_that_is_not_ours_is_not_sent() {
    let cases = [
        ("<p>a", StorageFault::Malformed { at: 4 }),
        ("<p>a</b>", StorageFault::Malformed { at: 4 }),
        ("<p>a & b</p>", StorageFault::Malformed { at: 5 }),
        ("<script />", StorageFault::UnknownElement { at: 0 }),
        ("<ac:structured-macro ac:name=\"html\" />", StorageFault::UnknownMacro { at: 0 }),
    ];
    for (xml, fault) in cases {
        let found = check(xml).unwrap_err();
        assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&fault), "{xml}: {found:?}");
    }
}

#[test]
fn a_page_that_confluence_rewrote_is_the_same_page() {
    let sent = written("# A\n\nä \"b\" & `c`\n\n- [ ] t\n\n| x |\n|---|\n| y |\n\n```java\nint a;\n```");
    let stored = sent
        .replace("ä", "&auml;")
        .replace("<td>y</td>", "<td colspan=\"1\"><p>y</p></td>")
        .replace("ac:schema-version=\"1\">", "ac:schema-version=\"1\" ac:macro-id=\"7\">")
        .replace("<ac:task-id>1</ac:task-id>", "<ac:task-id>77</ac:task-id>")
        .replace(
            "<ac:parameter ac:name=\"language\">",
            "<ac:parameter ac:name=\"x\">y</ac:parameter><ac:parameter ac:name=\"language\">",
        );
    assert_eq!(difference(&sent, &stored), None);
    assert!(matches!(difference(&sent, &stored.replace("int a;", "int b;")), Some(Difference::Text { .. })));
    assert!(matches!(
        difference(&sent, &stored.replace("<h1>", "<h2>").replace("</h1>", "</h2>")),
        Some(Difference::Parts { .. })
    ));
    assert_eq!(difference(&sent, "<p>"), Some(Difference::Unreadable));
}

/// What is put together at random.
const PIECES: &[&str] = &[
    "# ",
    "- ",
    "- [ ] ",
    "- [x] ",
    "1. ",
    "> ",
    "> [!NOTE]\n> ",
    "    ",
    "\n",
    "\n\n",
    "```",
    "```sql\n",
    "`",
    "**",
    "*",
    "~~",
    "|",
    "||",
    "\n|---|---|\n",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<br>",
    "<x",
    "</y>",
    "<div markdown>\n",
    "</div>",
    "<details>\n\n",
    "\n\n</details>\n\n",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "&nbsp;",
    "&",
    "&#0;",
    "&#x1F600;",
    "😀",
    "[a](b)",
    "[a](#b)",
    "![c](https://d/e.png)",
    "[^1]",
    "\n\n[^1]: ",
    "[",
    "](",
    ")",
    "---\n",
    "\u{0}",
    "\u{b}",
    "\u{fffe}",
    "\r",
    "\t",
    "text ",
    "ünï",
    "\"",
    "'",
    "${x}",
    "<https://e.com/?a&b>",
    "\\",
];

fn markdown() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES);
    prop::collection::vec(prop_oneof![4 => piece.prop_map(str::to_owned), 1 => "[ -~äé漢\n]{0,12}"], 0..40)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn any_document_is_well_formed_and_of_known_elements(markdown in markdown()) {
        if let Ok(xml) = storage(&markdown, PageContext::default()) {
            prop_assert_eq!(check(&xml), Ok(()), "{}\n{}", markdown, xml);
            prop_assert_eq!(difference(&xml, &xml), None);
        }
    }

    #[test]
    fn the_words_of_plain_text_are_all_there(words in prop::collection::vec("[a-z&<>\"' äé😀]{1,9}", 1..20)) {
        let text = words.join(" ");
        let markdown = crate::documents::escaped(&text);
        let Ok(xml) = storage(&markdown, PageContext::default()) else { return Ok(()) };
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let read = xml.replace("<p>", "").replace("</p>", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        prop_assert_eq!(bare(&read), bare(&text));
    }
}

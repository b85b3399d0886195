//! The languages that the code macro knows.
//!
//! On Data Center an unknown one makes the macro show an error in place of the code, so it becomes plain text there and
//! everywhere. Source: <https://confluence.atlassian.com/doc/code-block-macro-139390.html>.

/// What fences call a language, and the macro's word for it.
const LANGUAGES: &[(&[&str], &str)] = &[
    (&["as3", "actionscript", "actionscript3"], "actionscript3"),
    (&["applescript"], "applescript"),
    (&["bash", "sh", "shell", "console", "zsh", "shell-session"], "bash"),
    (&["c", "cpp", "c++", "h", "hpp"], "cpp"),
    (&["c#", "csharp", "cs"], "c#"),
    (&["coldfusion", "cfm"], "coldfusion"),
    (&["css"], "css"),
    (&["delphi", "pascal"], "delphi"),
    (&["diff", "patch"], "diff"),
    (&["erl", "erlang"], "erl"),
    (&["groovy", "gradle"], "groovy"),
    (&["html", "xml", "xhtml", "xslt", "svg"], "xml"),
    (&["java"], "java"),
    (&["jfx", "javafx"], "jfx"),
    (&["js", "javascript", "ts", "typescript", "json", "jsonc"], "js"),
    (&["perl", "pl"], "perl"),
    (&["php"], "php"),
    (&["powershell", "ps1", "ps", "pwsh"], "powershell"),
    (&["py", "python", "python3"], "py"),
    (&["rb", "ruby"], "ruby"),
    (&["sass", "scss"], "sass"),
    (&["scala"], "scala"),
    (&["sql", "postgresql", "mysql", "plsql"], "sql"),
    (&["vb", "vbnet"], "vb"),
    (&["yml", "yaml"], "yml"),
];

/// The macro's word for the first word behind a fence.
pub(super) fn of(info: &str) -> &'static str {
    let word = info.split([' ', ',', '{', '\t']).next().unwrap_or_default().to_ascii_lowercase();
    LANGUAGES.iter().find(|(names, _)| names.contains(&word.as_str())).map_or("text", |(_, known)| known)
}

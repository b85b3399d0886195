//! Source code beside a secret's name: types, members, calls. It says where a secret comes from, and holds none.
//!
//! Only for values without quotes: what stands in quotes is what it says.

/// Whether a value is written as code is.
pub(super) fn is_expression(value: &str) -> bool {
    let value = value.trim_start_matches(['&', '*']);
    let pointed = || value.contains("->") && value.split("->").all(is_path);
    is_type(value) || is_member(value) || is_call(value) || is_index(value) || is_selector(value) || pointed()
}

/// How the names of types end that hold secrets or the rules for them.
const TYPES: &[&str] = &[
    "String",
    "Str",
    "Array",
    "Bytes",
    "Buffer",
    "Input",
    "Field",
    "Text",
    "Value",
    "Provider",
    "Type",
    "Option",
    "Optional",
    "Password",
    "Secret",
    "Token",
    "Key",
    "Credential",
    "Credentials",
    "Zeroizing",
    "Schema",
    "Source",
];

/// `SecretString`, `CharArray`, `NonEmptyString!`, `Vec<u8>`
fn is_type(value: &str) -> bool {
    let (name, of) = value.split_once('<').map_or((value, None), |(name, of)| (name, Some(of)));
    let name = name.trim_end_matches(['!', '?', '>', ')', ']', ':', ',', ';']);
    let generic = of.is_some_and(|of| of.is_empty() || of.starts_with(|one: char| one.is_ascii_alphabetic()));
    name.starts_with(|one: char| one.is_ascii_uppercase())
        && name.chars().all(|one| one.is_ascii_alphabetic() || (generic && one.is_ascii_digit()))
        && name.chars().any(|one| one.is_ascii_lowercase())
        && (generic || TYPES.iter().any(|end| name.ends_with(end)))
}

/// `model.Password`, `import.meta.env.VITE_API_KEY`, `dbPassword.result`: parts of letters, some of them in capitals.
fn is_member(value: &str) -> bool {
    let path = value.trim_end_matches(['!', '?']);
    path.contains('.')
        && path.split('.').all(|part| part.len() > 1 && is_word_of_code(part))
        && path.chars().any(|one| one.is_ascii_uppercase())
        && path.chars().any(|one| one.is_ascii_lowercase())
}

/// `z.string().min(8`, `rpassword::prompt_password(`, `Sensitive(lookup(`, also where a quote or a comma cut it.
fn is_call(value: &str) -> bool {
    let Some((called, arguments)) = value.split_once('(') else { return false };
    let called = called.split('<').next().unwrap_or_default().trim_end_matches(['!', '?']);
    let scoped = called.contains(['.', ':', '_']);
    let parts = called.split(['.', ':']).filter(|part| !part.is_empty());
    !called.is_empty()
        && parts.clone().count() > 0
        && parts.clone().all(is_word_of_code)
        && (scoped || value.ends_with(['(', '[', ')']))
        && !arguments
            .starts_with(|one: char| one.is_ascii_punctuation() && !matches!(one, '"' | '\'' | ')' | '$' | ':' | '&'))
}

/// `Annotated[str`, `params[:password]`, `$data[`: what stands in the brackets is a name.
fn is_index(value: &str) -> bool {
    let Some((list, index)) = value.split_once('[') else { return false };
    let quoted = index.starts_with(['"', '\'']);
    let is_name = |one: char| one.is_ascii_alphabetic() || matches!(one, '_' | ':' | ']' | '"' | '\'' | '.');
    let is_place = |one: char| one.is_ascii_digit() || matches!(one, '[' | '-' | '(' | ')');
    list.len() > 2
        && is_path(list)
        && !index.is_empty()
        && index.chars().all(|one| is_name(one) || ((quoted || index.contains("..")) && is_place(one)))
}

/// `persistence:`, as Objective-C names the arguments of a method.
fn is_selector(value: &str) -> bool {
    value.strip_suffix(':').is_some_and(|name| name.split(':').all(is_word_of_code))
}

/// Whether it is made of words as names in code are: `isValidHeaderValue`, `SOME_CONSTANT_2`. Random letters change their
/// case more often.
pub(super) fn is_name_of_code(value: &str) -> bool {
    let name = value.trim_matches(['_', ':', '<', '>']);
    let upper = name.bytes().filter(u8::is_ascii_uppercase).count();
    let letters = name.bytes().filter(u8::is_ascii_alphabetic).count();
    let camel = name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_') && letters >= 4 * upper.max(1);
    let constant = name.contains('_')
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && name.split('_').all(|part| part.starts_with(|one: char| one.is_ascii_uppercase()) || part.len() < 2)
        && letters * 3 > name.len() * 2;
    camel || constant
}

/// Names with dots between them.
fn is_path(path: &str) -> bool {
    path.split('.').all(is_word_of_code)
}

/// A variable that is called as a secret is: `newPassword`, `db_password`.
pub(super) fn is_variable(value: &str) -> bool {
    is_word_of_code(value)
        && value.starts_with(|one: char| one.is_ascii_lowercase())
        && value.chars().any(|one| one == '_' || one.is_ascii_uppercase())
}

fn is_word_of_code(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|one| one.is_ascii_alphabetic() || one == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_passwords() {
        for value in [
            "SecretString",
            "CharArray",
            "Vec<u8>",
            "&MethodSignature<",
            "NonEmptyString!",
            "String!):",
            "model.Password",
            "import.meta.env.VITE_API_KEY",
            "Rails.application.credentials.api_key!",
            "z.string().min(8",
            "rpassword::prompt_password(",
            "System.fetch_env!(",
            "state.get<String>(",
            "Sensitive(lookup(",
            "getPassword()",
            "Hash::make($request-",
            "params[:password]",
            "Annotated[str",
            "row.cells[\"code_2\"][0]",
            "ctx->op.sig.signature",
        ] {
            assert!(is_expression(value), "{value}");
        }
        for value in [
            "Mfk(Sx9l",
            "hunter2",
            "Summer.2024",
            "aB3x9kQ(m2ZpLw8",
            "a[b]c9!",
            "P@ss(word)1",
            "correct.horse",
            "Xk[dQ",
        ] {
            assert!(!is_expression(value), "{value}");
        }
    }
}

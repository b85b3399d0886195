//! `tftsr.com`, which lies beside `tftsr.exe`.
//!
//! A Windows program has a console or a window. `tftsr.exe` is the one with the window, and a shell shows nothing of what such
//! a program prints. A shell that is given `tftsr` finds `.com` before `.exe`: this starts the other with its arguments, carries
//! standard input and both outputs, and ends as it ends. Without arguments it opens the window and does not wait.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::{self, JoinHandle};

fn main() -> ExitCode {
    match run() {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("tftsr: tftsr.exe, beside this program, cannot be started: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<u8> {
    let mut command = Command::new(program()?);
    command.args(std::env::args_os().skip(1));
    if std::env::args_os().len() == 1 {
        command.spawn()?;
        return Ok(0);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let outputs = [carry(child.stdout.take(), io::stdout())?, carry(child.stderr.take(), io::stderr())?];
    feed(&mut child)?;
    let code = child.wait()?.code().unwrap_or(1);
    for output in outputs.into_iter().flatten() {
        output.join().ok();
    }
    Ok(u8::try_from(code).unwrap_or(1))
}

fn program() -> io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(format!("tftsr{}", std::env::consts::EXE_SUFFIX)))
}

/// Hands over what comes, at once. An output that nobody reads any more ends it.
fn carry(
    from: Option<impl Read + Send + 'static>,
    mut to: impl Write + Send + 'static,
) -> io::Result<Option<JoinHandle<()>>> {
    let Some(mut from) = from else { return Ok(None) };
    let carrying = move || {
        let mut piece = [0; 8192];
        while let Ok(count @ 1..) = from.read(&mut piece) {
            let whole = piece.get(..count).unwrap_or_default();
            if to.write_all(whole).and_then(|()| to.flush()).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("output".into()).spawn(carrying).map(Some)
}

/// Nobody waits for this one: standard input may have no end.
fn feed(child: &mut Child) -> io::Result<()> {
    let Some(mut to) = child.stdin.take() else { return Ok(()) };
    thread::Builder::new().name("input".into()).spawn(move || io::copy(&mut io::stdin().lock(), &mut to))?;
    Ok(())
}

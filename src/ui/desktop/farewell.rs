//! The end of the session: whoever asks the program to end gets a window that closes, with its drafts stored.

use egui::Context;

/// The second signal is for a window that does not close.
#[cfg(unix)]
pub(super) fn close_at_the_end_of_the_session(ctx: &Context) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let ctx = ctx.clone();
    let waiting = move || {
        if let Err(error) = runtime.block_on(wait(&ctx)) {
            tracing::debug!(%error, "signals are not heard");
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(waiting).map(drop)
}

#[cfg(unix)]
async fn wait(ctx: &Context) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangup = signal(SignalKind::hangup())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut is_asked = false;
    loop {
        let kind = tokio::select! {
            _ = hangup.recv() => SignalKind::hangup(),
            _ = interrupt.recv() => SignalKind::interrupt(),
            _ = terminate.recv() => SignalKind::terminate(),
        };
        if is_asked {
            give_up(kind.as_raw_value());
        }
        is_asked = true;
        ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        ctx.request_repaint();
    }
}

#[cfg(unix)]
#[expect(clippy::exit, reason = "the window does not answer, and the caller insists")]
fn give_up(signal: i32) -> ! {
    std::process::exit(128 + signal)
}

/// Windows closes the window itself.
#[cfg(not(unix))]
pub(super) fn close_at_the_end_of_the_session(_ctx: &Context) -> std::io::Result<()> {
    Ok(())
}

//! Dark or light, as the desktop prefers. Neither X11 nor Wayland tells it; the desktop's portal does.

use egui::{Context, Theme};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What the portal has said last.
#[derive(Clone, Debug, Default)]
pub(super) struct Appearance {
    scheme: Arc<AtomicU8>,
}

impl Appearance {
    /// `None` where the desktop has no preference, or tells none.
    pub(super) fn theme(&self) -> Option<Theme> {
        match self.scheme.load(Ordering::Relaxed) {
            1 => Some(Theme::Dark),
            2 => Some(Theme::Light),
            _ => None,
        }
    }

    /// Asks the portal and follows what it says, off the window's thread: it may have to be started first.
    #[cfg(all(unix, not(target_os = "macos")))]
    pub(super) fn watch(ctx: &Context) -> Self {
        let appearance = Self::default();
        let (scheme, ctx) = (Arc::clone(&appearance.scheme), ctx.clone());
        let show = move |value| {
            scheme.store(value, Ordering::Relaxed);
            ctx.request_repaint();
        };
        let watching = move || {
            if let Err(error) = portal::follow(show) {
                tracing::debug!(%error, "the desktop does not tell whether it is dark");
            }
        };
        if let Err(error) = std::thread::Builder::new().name("appearance".into()).spawn(watching) {
            tracing::debug!(%error, "no thread");
        }
        appearance
    }

    /// The windowing system tells.
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    pub(super) fn watch(_ctx: &Context) -> Self {
        Self::default()
    }
}

/// `org.freedesktop.portal.Settings`: 0 is no preference, 1 is dark, 2 is light.
#[cfg(all(unix, not(target_os = "macos")))]
mod portal {
    use zbus::blocking::{Connection, Proxy};
    use zbus::zvariant::{OwnedValue, Value};

    const NAMESPACE: &str = "org.freedesktop.appearance";
    const KEY: &str = "color-scheme";

    /// Calls `show` with each preference; returns when the session's bus is gone.
    pub(super) fn follow(show: impl Fn(u8)) -> zbus::Result<()> {
        let bus = Connection::session()?;
        let settings = Proxy::new(
            &bus,
            "org.freedesktop.portal.Desktop",
            "/org/freedesktop/portal/desktop",
            "org.freedesktop.portal.Settings",
        )?;
        // Before the question, so that no change falls between the two.
        let changes = settings.receive_signal("SettingChanged")?;
        let value: OwnedValue = settings.call("Read", &(NAMESPACE, KEY))?;
        show(preference(&value));
        for change in changes {
            let body = change.body();
            let Ok((namespace, key, value)) = body.deserialize::<(String, String, Value<'_>)>() else { continue };
            if namespace == NAMESPACE && key == KEY {
                show(preference(&value));
            }
        }
        Ok(())
    }

    /// An answer to `Read` is wrapped twice, a change once.
    fn preference(value: &Value<'_>) -> u8 {
        match value {
            Value::Value(inner) => preference(inner),
            Value::U32(preference) => u8::try_from(*preference).unwrap_or(0),
            _ => 0,
        }
    }
}

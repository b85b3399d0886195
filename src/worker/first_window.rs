//! One window per data folder: a second start hands its logs to the first one and ends.
//!
//! The first holds a lock for as long as it lives, and listens on loopback. Others on the machine can reach loopback, too:
//! where it listens, and the word that a caller must say, stand in a file that only the user can read. Nothing but the
//! paths of logs is handed over.

use super::WorkerOptions;
use crate::store::{DataDir, StoreError, open_private, write_private};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq as _;

#[expect(clippy::disallowed_types, reason = "to this machine alone, and it carries paths alone")]
type Stream = std::net::TcpStream;

/// The longest list of logs, as JSON.
const LONGEST_CALL: u64 = 1 << 20;
/// How long the first window may take to answer. It is there already, or about to be.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a caller may take to say what it wants.
const HEARING: Duration = Duration::from_secs(2);
const ANSWER: &str = "ok\n";

/// What another start handed over: the logs that it was given, if any.
pub type HandedOver = Vec<PathBuf>;

/// Whose turn it is to open the window.
#[derive(Debug)]
pub enum Place {
    /// Ours. Others are heard for as long as this is kept.
    Ours(FirstWindow),
    /// There is a window already; it has been told.
    Taken,
}

/// The right to be the one window of a data folder.
#[derive(Debug)]
pub struct FirstWindow {
    _lock: File,
    door: PathBuf,
    listener: Option<(TcpListener, String)>,
}

/// Where the first window listens.
#[derive(Debug, Serialize, Deserialize)]
struct Door {
    port: u16,
    word: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Call {
    word: String,
    logs: HandedOver,
}

impl FirstWindow {
    /// Takes the place of the one window, or hands `logs` to the window that has it.
    ///
    /// Fails where the folder cannot be written, and where that window does not answer.
    pub fn claim(options: &WorkerOptions, logs: &[PathBuf]) -> io::Result<Place> {
        let dir = DataDir::resolve(options.data_dir.as_deref()).map_err(io::Error::other)?;
        dir.create().map_err(into_io)?;
        let lock = open_private(&dir.window_lock())?;
        match lock.try_lock() {
            Ok(()) => Self::open(lock, dir.window_door()).map(Place::Ours),
            Err(TryLockError::WouldBlock) => knock(&dir.window_door(), logs).map(|()| Place::Taken),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn open(lock: File, door: PathBuf) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let mut secret = [0; 16];
        getrandom::fill(&mut secret).map_err(io::Error::other)?;
        let word = hex::encode(secret);
        let sign = Door { port: listener.local_addr()?.port(), word: word.clone() };
        write_private(&door, &serde_json::to_vec(&sign)?)?;
        Ok(Self { _lock: lock, door, listener: Some((listener, word)) })
    }

    /// Hears of other starts from now on, until the process ends; `wake` is called after each.
    pub fn listen(&mut self, wake: impl Fn() + Send + 'static) -> io::Result<Receiver<HandedOver>> {
        let (sender, receiver) = channel();
        let Some((listener, word)) = self.listener.take() else { return Ok(receiver) };
        let listening = move || {
            for stream in listener.incoming().flatten() {
                if let Err(error) = hear(&stream, &word, &sender) {
                    tracing::debug!(%error, "a call at the door");
                }
                wake();
            }
        };
        std::thread::Builder::new().name("door".into()).spawn(listening)?;
        Ok(receiver)
    }
}

impl Drop for FirstWindow {
    fn drop(&mut self) {
        // One that stays behind leads nowhere, and is replaced by the next window.
        fs::remove_file(&self.door).ok();
    }
}

fn hear(stream: &Stream, word: &str, sender: &Sender<HandedOver>) -> io::Result<()> {
    stream.set_read_timeout(Some(HEARING))?;
    stream.set_write_timeout(Some(HEARING))?;
    let mut line = String::new();
    BufReader::new(stream.take(LONGEST_CALL)).read_line(&mut line)?;
    let call: Call = serde_json::from_str(&line)?;
    if !bool::from(call.word.as_bytes().ct_eq(word.as_bytes())) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    sender.send(call.logs).map_err(io::Error::other)?;
    let mut stream = stream;
    stream.write_all(ANSWER.as_bytes())
}

/// Hands the logs over. The first window may be so young that its door is not there yet.
fn knock(door: &Path, logs: &[PathBuf]) -> io::Result<()> {
    let until = Instant::now() + PATIENCE;
    loop {
        match knock_once(door, logs) {
            Err(error) if Instant::now() > until => return Err(error),
            Err(_) => std::thread::park_timeout(Duration::from_millis(50)),
            Ok(()) => return Ok(()),
        }
    }
}

fn knock_once(door: &Path, logs: &[PathBuf]) -> io::Result<()> {
    let Door { port, word } = serde_json::from_slice(&fs::read(door)?)?;
    let stream = Stream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = serde_json::to_vec(&Call { word, logs: logs.to_vec() })?;
    line.push(b'\n');
    (&stream).write_all(&line)?;
    let mut answer = String::new();
    (&stream).take(ANSWER.len() as u64).read_to_string(&mut answer)?;
    if answer == ANSWER { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

fn into_io(error: StoreError) -> io::Error {
    io::Error::other(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(folder: &tempfile::TempDir) -> WorkerOptions {
        WorkerOptions { data_dir: Some(folder.path().join("data")) }
    }

    fn first(options: &WorkerOptions) -> FirstWindow {
        let Place::Ours(window) = FirstWindow::claim(options, &[]).unwrap() else { panic!("somebody is there") };
        window
    }

    #[test]
    fn the_second_start_hands_its_logs_to_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder);
        let mut window = first(&options);
        let heard = window.listen(|| {}).unwrap();
        for logs in [vec![], vec![PathBuf::from("/var/log/a b.log"), PathBuf::from("/ü.log")]] {
            assert!(matches!(FirstWindow::claim(&options, &logs).unwrap(), Place::Taken));
            assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), logs);
        }
    }

    #[test]
    fn the_place_is_free_again_after_the_window() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder);
        drop(first(&options));
        assert!(!DataDir::at(folder.path().join("data")).window_door().exists());
        first(&options);
    }

    #[test]
    fn what_a_crash_left_behind_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(&folder);
        let dir = DataDir::at(folder.path().join("data"));
        dir.create().unwrap();
        write_private(&dir.window_door(), b"{\"port\":1,\"word\":\"\"}").unwrap();
        write_private(&dir.window_lock(), b"").unwrap();
        first(&options);
    }

    #[test]
    fn who_does_not_know_the_word_is_not_heard() {
        let folder = tempfile::tempdir().unwrap();
        let mut window = first(&options(&folder));
        let heard = window.listen(|| {}).unwrap();
        let door = DataDir::at(folder.path().join("data")).window_door();
        let Door { port, word } = serde_json::from_slice(&fs::read(&door).unwrap()).unwrap();
        let false_door = folder.path().join("false");
        for wrong in [String::new(), word.to_uppercase() + "x", "0".repeat(word.len())] {
            let sign = serde_json::to_vec(&Door { port, word: wrong }).unwrap();
            write_private(&false_door, &sign).unwrap();
            assert!(knock_once(&false_door, &["/etc/shadow".into()]).is_err());
        }
        assert!(heard.try_recv().is_err());
        knock_once(&door, &[]).unwrap();
        assert!(heard.recv_timeout(PATIENCE).unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_can_read_where_it_listens() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let _window = first(&options(&folder));
        let door = DataDir::at(folder.path().join("data")).window_door();
        assert_eq!(fs::metadata(door).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

//! How Ollama is installed on this system. Words and commands to copy: nothing here is ever run by the program.

/// Where Ollama is downloaded.
const DOWNLOAD: &str = "https://ollama.com/download";

/// One way to install, or one step of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstallStep {
    pub words: &'static str,
    /// To be copied into a terminal; empty where there is nothing to type.
    pub command: &'static str,
}

/// How to install Ollama on one system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstallGuide {
    pub system: &'static str,
    pub steps: &'static [InstallStep],
    pub link: &'static str,
}

const fn step(words: &'static str, command: &'static str) -> InstallStep {
    InstallStep { words, command }
}

const LINUX_ARCHIVE: &str = if cfg!(target_arch = "aarch64") {
    "curl -fsSL https://ollama.com/download/ollama-linux-arm64.tar.zst | sudo tar x --zstd -C /usr"
} else {
    "curl -fsSL https://ollama.com/download/ollama-linux-amd64.tar.zst | sudo tar x --zstd -C /usr"
};

/// Source: <https://docs.ollama.com/linux>.
const LINUX: InstallGuide = InstallGuide {
    system: "Linux",
    steps: &[
        step(
            "Ollama's own script. It asks for the administrator's password and sets up a service that starts with the \
             machine",
            "curl -fsSL https://ollama.com/install.sh | sh",
        ),
        step("Or unpack the archive yourself, without a service", LINUX_ARCHIVE),
        step("Or the package of your distribution: Arch", "sudo pacman -S ollama"),
        step("Fedora", "sudo dnf install ollama"),
    ],
    link: DOWNLOAD,
};

/// Source: <https://docs.ollama.com/macos>.
const MACOS: InstallGuide = InstallGuide {
    system: "macOS",
    steps: &[
        step("Download the app, move it to Applications and open it once", ""),
        step("Or with Homebrew", "brew install ollama"),
    ],
    link: DOWNLOAD,
};

/// Source: <https://docs.ollama.com/windows>.
const WINDOWS: InstallGuide = InstallGuide {
    system: "Windows",
    steps: &[
        step("Download OllamaSetup.exe and run it. It needs no administrator", ""),
        step("Or with the package manager of Windows", "winget install --id Ollama.Ollama"),
    ],
    link: DOWNLOAD,
};

/// For the system that the program was built for.
pub const fn install_guide() -> &'static InstallGuide {
    if cfg!(target_os = "windows") {
        &WINDOWS
    } else if cfg!(target_os = "macos") {
        &MACOS
    } else {
        &LINUX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_has_a_command_to_copy_and_a_link() {
        for guide in [LINUX, MACOS, WINDOWS] {
            assert!(guide.steps.iter().any(|step| !step.command.is_empty()), "{}", guide.system);
            assert!(guide.steps.iter().all(|step| !step.words.is_empty() && !step.words.ends_with('.')));
            assert_eq!(guide.link, "https://ollama.com/download");
        }
    }
}

//! Gives the Windows program its icon, its version and its manifest.

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_CFG_WINDOWS").is_none() {
        return Ok(());
    }
    for file in ["assets/icon/tftsr.ico", "packaging/windows/tftsr.manifest"] {
        println!("cargo::rerun-if-changed={file}");
    }
    winresource::WindowsResource::new()
        .set("ProductName", "TFTSR")
        .set("FileDescription", "TFTSR: from symptoms and logs to a root cause")
        .set("LegalCopyright", "The TFTSR contributors; MIT or Apache-2.0")
        .set("OriginalFilename", "tftsr.exe")
        .set("InternalName", "tftsr")
        .set_icon("assets/icon/tftsr.ico")
        .set_manifest_file("packaging/windows/tftsr.manifest")
        .compile()
}

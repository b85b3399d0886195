//! How long a document takes from its text to its file: twenty pages in half a second, two hundred in five.
#![expect(clippy::unwrap_used, reason = "a file that cannot be written has no time")]

use criterion::{Criterion, criterion_group, criterion_main};
use hayro_interpret::hayro_syntax::Pdf;
use std::hint::black_box;
use tftsr::documents::writers::by_id;
use tftsr::documents::{DocumentMeta, Pictures, Source};
use tftsr::domain::{Audience, DocumentKind, Paper};

/// A page and a little more: prose, a list, a table, a block of code. Twenty of them take 21 pages, two hundred 201.
fn page(number: usize) -> String {
    let prose = "The rollout at 01:38 cut the size of the pool from 64 to 6, so **charges waited** for a connection and \
                 failed after 30 s with `502 Bad Gateway`. Nobody saw it, because the check looks at the process alone. ";
    let rows: Vec<String> = (0..12)
        .map(|row| format!("| 01:{row:02} UTC | Alert {number}.{row} | pool of `db-{row}` exhausted |\n"))
        .collect();
    let rows = rows.concat();
    format!(
        "## Part {number}\n\n{}\n\n- first\n- second, with a [link](https://example.com/{number})\n  - deeper\n\n\
         | Time | Event | What happened |\n|---|---|---|\n{rows}\n```rust\nlet pool = Pool::new({number}); // size\n```\n\n",
        prose.repeat(14)
    )
}

fn write(format: &str, markdown: &str) -> Vec<u8> {
    let meta = DocumentMeta {
        kind: DocumentKind::Rca,
        title: "Charges fail with 502".into(),
        version: 1,
        created_at: jiff::Timestamp::UNIX_EPOCH,
        updated_at: jiff::Timestamp::UNIX_EPOCH,
        audience: Audience::Internal,
        paper: Paper::A4,
    };
    let source = Source { markdown, meta: &meta, pictures: &Pictures::default() };
    (by_id(format).unwrap().write)(&source).unwrap().bytes
}

fn documents(criterion: &mut Criterion) {
    for pages in [20, 200] {
        let markdown = format!("# RCA\n\n{}", (0..pages).map(page).collect::<String>());
        let written = Pdf::new(write("pdf", &markdown)).unwrap().pages().len();
        assert!(written >= pages, "{written} pages are measured as {pages}");
        let mut group = criterion.benchmark_group(format!("{pages} pages"));
        group.sample_size(10);
        for format in ["html", "docx", "pdf"] {
            group.bench_function(format, |bencher| bencher.iter(|| write(format, black_box(&markdown)).len()));
        }
    }
}

criterion_group!(benches, documents);
criterion_main!(benches);

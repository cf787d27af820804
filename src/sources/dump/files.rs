//! The files of a dump: from a folder, a single file, or an archive.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::Builder;

/// A single file larger than this is named and skipped.
const LARGEST: u64 = 512 * 1024 * 1024;
/// So many files are read at the most.
const MOST: usize = 200_000;

/// Why a dump cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {why}")]
pub struct DumpError {
    path: PathBuf,
    why: io::Error,
}

/// Hands every file of the dump to the builder.
pub(super) fn each(path: &Path, builder: &mut Builder) -> Result<(), DumpError> {
    let fail = |why| DumpError {
        path: path.into(),
        why,
    };
    if fs::metadata(path).map_err(fail)?.is_dir() {
        let mut left = MOST;
        folder(path, path, builder, &mut left);
        return Ok(());
    }
    let name = path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let file = fs::File::open(path).map_err(fail)?;
    match archive_kind(&name) {
        Some(kind) => archive(&name, kind, file, builder),
        None => {
            let mut body = Vec::new();
            file.take(LARGEST).read_to_end(&mut body).map_err(fail)?;
            builder.file(&name, body);
        }
    }
    Ok(())
}

fn folder(root: &Path, path: &Path, builder: &mut Builder, left: &mut usize) {
    let shown = |path: &Path| {
        path.strip_prefix(root)
            .unwrap_or(path)
            .display()
            .to_string()
    };
    let mut entries: Vec<PathBuf> = match fs::read_dir(path) {
        Ok(entries) => entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect(),
        Err(why) => return builder.skip(&shown(path), why.to_string()),
    };
    entries.sort();
    for entry in entries {
        // links are not followed: must-gather trees contain loops
        let Ok(kind) = fs::symlink_metadata(&entry) else {
            continue;
        };
        if kind.is_dir() {
            folder(root, &entry, builder, left);
            continue;
        }
        let name = shown(&entry);
        if !kind.is_file() || !interesting(&name) {
            continue;
        }
        if *left == 0 {
            return builder.skip(
                &name,
                format!("more than {MOST} files: the rest is left out"),
            );
        }
        *left -= 1;
        if kind.len() > LARGEST {
            builder.skip(
                &name,
                format!(
                    "{} MiB is more than the {} MiB that are read",
                    kind.len() >> 20,
                    LARGEST >> 20
                ),
            );
            continue;
        }
        match fs::read(&entry) {
            Ok(body) => builder.file(&name, body),
            Err(why) => builder.skip(&name, why.to_string()),
        }
    }
}

fn interesting(name: &str) -> bool {
    matches!(super::extension(name), "json" | "yaml" | "yml" | "log")
}

#[derive(Clone, Copy)]
enum Packing {
    Plain,
    Gzip,
    Xz,
    Zstd,
}

fn archive_kind(name: &str) -> Option<Packing> {
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
    if ends(&[".tar.gz", ".tgz"]) {
        Some(Packing::Gzip)
    } else if ends(&[".tar.xz", ".txz"]) {
        Some(Packing::Xz)
    } else if ends(&[".tar.zst", ".tzst"]) {
        Some(Packing::Zstd)
    } else {
        ends(&[".tar"]).then_some(Packing::Plain)
    }
}

fn archive(name: &str, packing: Packing, file: fs::File, builder: &mut Builder) {
    let file = io::BufReader::new(file);
    let reader: Box<dyn Read> = match packing {
        Packing::Plain => Box::new(file),
        Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(file)),
        Packing::Xz => match unpack_xz(file) {
            Ok(body) => Box::new(io::Cursor::new(body)),
            Err(why) => return builder.skip(name, why),
        },
        Packing::Zstd => match ruzstd::decoding::StreamingDecoder::new(file) {
            Ok(decoder) => Box::new(decoder),
            Err(why) => return builder.skip(name, why.to_string()),
        },
    };
    if let Err(why) = entries(reader, builder) {
        builder.skip(name, format!("the archive ends early or is damaged: {why}"));
    }
}

/// The crate for xz has no streaming reader; the bound is on what comes out.
fn unpack_xz(mut file: impl io::BufRead) -> Result<Vec<u8>, String> {
    struct Bounded(Vec<u8>);
    impl io::Write for Bounded {
        fn write(&mut self, part: &[u8]) -> io::Result<usize> {
            if self.0.len() as u64 + part.len() as u64 > 4 * LARGEST {
                return Err(io::Error::other("unpacks to more than 2 GiB"));
            }
            self.0.extend_from_slice(part);
            Ok(part.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut out = Bounded(Vec::new());
    lzma_rs::xz_decompress(&mut file, &mut out).map_err(|why| format!("{why:?}"))?;
    Ok(out.0)
}

fn entries(reader: impl Read, builder: &mut Builder) -> io::Result<()> {
    let mut archive = tar::Archive::new(reader);
    for (seen, entry) in archive.entries()?.enumerate() {
        let mut entry = entry?;
        // nothing is written to disk, so a path can do no harm: it is only a name
        let name = entry.path()?.display().to_string();
        if !entry.header().entry_type().is_file() || !interesting(&name) {
            continue;
        }
        if seen >= MOST {
            builder.skip(
                &name,
                format!("more than {MOST} files: the rest is left out"),
            );
            break;
        }
        if entry.size() > LARGEST {
            builder.skip(
                &name,
                format!(
                    "{} MiB is more than the {} MiB that are read",
                    entry.size() >> 20,
                    LARGEST >> 20
                ),
            );
            continue;
        }
        let mut body = Vec::new();
        entry.read_to_end(&mut body)?;
        builder.file(&name, body);
    }
    Ok(())
}

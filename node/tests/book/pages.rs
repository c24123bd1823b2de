//! The pages of the book, and the blocks of code in them.

use std::fs;
use std::path::{Path, PathBuf};

/// Sealane's sources.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("node lies in the workspace")
}

/// The folder with the pages.
pub(crate) fn folder() -> PathBuf {
    root().join("book/src")
}

/// A page: its path below that folder, and its text.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// A block of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) line: usize,
    /// What stands behind the fence: a language, and words behind commas.
    pub(crate) tags: Vec<String>,
    pub(crate) text: String,
}

/// All pages, in the order of their paths.
pub(crate) fn pages() -> Vec<Page> {
    let mut pages = Vec::new();
    collect(&folder(), &mut pages);
    pages.sort_by(|one, other| one.path.cmp(&other.path));
    pages
}

fn collect(directory: &Path, pages: &mut Vec<Page>) {
    for entry in fs::read_dir(directory).expect("the folder is there") {
        let path = entry.expect("it is read").path();
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path).expect("a page is text");
            let path = path.strip_prefix(folder()).expect("it lies below").to_owned();
            pages.push(Page { path, text });
        }
    }
}

impl Page {
    /// The page with this path.
    pub(crate) fn named(path: &str) -> Self {
        pages()
            .into_iter()
            .find(|page| page.path == Path::new(path))
            .unwrap_or_else(|| panic!("there is no {path}"))
    }

    pub(crate) fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut open: Option<Block> = None;
        for (index, line) in self.text.lines().enumerate() {
            match (&mut open, line.strip_prefix("```")) {
                (None, Some(tags)) => {
                    let tags = tags.split(',').map(|tag| tag.trim().to_owned()).collect();
                    open = Some(Block { line: index + 1, tags, text: String::new() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(block), None) => block.text.extend([line, "\n"]),
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a block is not closed", self.path.display());
        blocks
    }
}

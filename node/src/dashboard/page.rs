//! The files of the page, as they are in the binary, with the headers that keep anything else out.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// Scripts, styles and data from this node only; nobody may frame the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                                       img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

const PAGE: &str = include_str!("files/index.html");

/// Name, type and contents of all files but the page itself.
const FILES: [(&str, &str, &str); 8] = [
    ("/dashboard/style.css", CSS, include_str!("files/style.css")),
    ("/dashboard/main.js", JAVASCRIPT, include_str!("files/main.js")),
    ("/dashboard/node.js", JAVASCRIPT, include_str!("files/node.js")),
    ("/dashboard/format.js", JAVASCRIPT, include_str!("files/format.js")),
    ("/dashboard/charts.js", JAVASCRIPT, include_str!("files/charts.js")),
    ("/dashboard/timeline.js", JAVASCRIPT, include_str!("files/timeline.js")),
    ("/dashboard/lists.js", JAVASCRIPT, include_str!("files/lists.js")),
    ("/dashboard/lookup.js", JAVASCRIPT, include_str!("files/lookup.js")),
];

/// The page.
pub(crate) fn page() -> Response {
    file(HTML, PAGE)
}

/// Adds the other files.
pub(super) fn files<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    FILES.into_iter().fold(router, |router, (name, kind, text)| {
        router.route(name, get(move || async move { file(kind, text) }))
    })
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // A node of another version may answer at the same address tomorrow.
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_its_files_name_no_outside_resource_and_nothing_inline() {
        for (name, _, text) in FILES.into_iter().chain([("/", HTML, PAGE)]) {
            for (index, _) in text.match_indices("://") {
                let scheme: String =
                    text[..index].chars().rev().take_while(char::is_ascii_alphabetic).collect();
                let rest = &text[index + 3..];
                let is_namespace = rest.starts_with("www.w3.org/");
                let is_own =
                    scheme.chars().rev().collect::<String>().starts_with("ws") || rest.starts_with('$');
                assert!(
                    is_namespace || is_own,
                    "{name}: {}",
                    &text[index.saturating_sub(8)..(index + 30).min(text.len())]
                );
            }
        }
        assert!(!PAGE.contains("style=") && !PAGE.contains("onclick") && !PAGE.contains("<style"));
        for (name, ..) in
            FILES.iter().filter(|(name, ..)| name.ends_with("main.js") || name.ends_with(".css"))
        {
            assert!(PAGE.contains(name), "the page loads {name}");
        }
    }
}

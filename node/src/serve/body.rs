//! A request's body, bounded in bytes and time.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use std::time::Duration;

/// The whole body.
///
/// # Errors
/// 413 if it is, or says it is, longer than `limit_bytes`; 408 if it is not there within `timeout`; 400 if it breaks off.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit_bytes: usize,
    timeout: Duration,
) -> Result<Bytes, StatusCode> {
    let said =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|said| said > limit_bytes) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let collect = collect(body, limit_bytes);
    tokio::time::timeout(timeout, collect).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
}

/// Most bodies come in one piece, which is not copied.
async fn collect(body: Body, limit_bytes: usize) -> Result<Bytes, StatusCode> {
    let mut pieces = body.into_data_stream();
    let mut first = Bytes::new();
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| StatusCode::BAD_REQUEST)?;
        let size_bytes = first.len().max(whole.len()).saturating_add(piece.len());
        if size_bytes > limit_bytes {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        if first.is_empty() && whole.is_empty() {
            first = piece;
        } else {
            whole.extend_from_slice(&std::mem::take(&mut first));
            whole.extend_from_slice(&piece);
        }
    }
    Ok(if whole.is_empty() { first } else { whole.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    fn pieces(pieces: &'static [&'static str]) -> Body {
        Body::from_stream(stream::iter(
            pieces.iter().map(|piece| Ok::<_, std::io::Error>(Bytes::from(*piece))),
        ))
    }

    #[tokio::test]
    async fn bodies_are_whole_or_refused() {
        let wait = Duration::from_millis(50);
        let check = async |body: Body, expected: Result<&'static str, StatusCode>| {
            let found = read(&HeaderMap::new(), body, 6, wait).await;
            assert_eq!(found, expected.map(Bytes::from));
        };
        check(pieces(&[]), Ok("")).await;
        check(pieces(&["abcdef"]), Ok("abcdef")).await;
        check(pieces(&["ab", "", "cd", "ef"]), Ok("abcdef")).await;
        check(pieces(&["abcdefg"]), Err(StatusCode::PAYLOAD_TOO_LARGE)).await;
        check(pieces(&["abcd", "efg"]), Err(StatusCode::PAYLOAD_TOO_LARGE)).await;
        check(
            Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>()),
            Err(StatusCode::REQUEST_TIMEOUT),
        )
        .await;
        let broken = stream::iter([Ok(Bytes::from("a")), Err(std::io::Error::other("broken off"))]);
        check(Body::from_stream(broken), Err(StatusCode::BAD_REQUEST)).await;
        let said = HeaderMap::from_iter([(header::CONTENT_LENGTH, 7.into())]);
        assert_eq!(read(&said, pieces(&[]), 6, wait).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
    }
}

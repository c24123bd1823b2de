//! What to say before the process ends because somebody pressed Ctrl-C.

use anyhow::Context;

/// Prints `words` on stderr and ends the process with 130, as shells have it, when it is interrupted or asked to end.
///
/// # Errors
/// If the system has no room for a thread.
pub(in crate::cli) fn on_interrupt(words: String) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let wait = async move {
        let ended = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        };
        let interrupted = tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed.is_ok(),
            () = ended => true,
        };
        if interrupted {
            eprintln!("\ninterrupted. {words}");
            std::process::exit(130);
        }
    };
    let spawned =
        std::thread::Builder::new().name("interrupt".to_owned()).spawn(move || runtime.block_on(wait));
    spawned.map(drop).context("cannot start a thread")
}

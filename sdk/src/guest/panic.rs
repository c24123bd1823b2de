//! What happens when a program panics: the message and its place go to the host, which ends the call.

/// Installs the panic handler: reports message, file and line through the host call `panic`. Part of
/// [`entrypoint!`](crate::entrypoint).
#[macro_export]
macro_rules! default_panic_handler {
    () => {
        #[cfg(target_arch = "wasm32")]
        #[panic_handler]
        fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
            $crate::guest::panic::report(info)
        }
    };
}

/// Reports a panic to the host; the call ends here.
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub fn report(info: &core::panic::PanicInfo<'_>) -> ! {
    use core::fmt::Write;

    let mut buffer = super::log::Buffer::new();
    let message = info.message();
    // The buffer cuts what does not fit and never fails.
    let _ = match message.as_str() {
        Some(text) => buffer.write_str(text),
        None => buffer.write_fmt(format_args!("{message}")),
    };
    if let Some(location) = info.location() {
        let _ = buffer.write_str(", ");
        let _ = buffer.write_str(location.file());
        let _ = buffer.write_str(":");
        let _ = buffer.write_fmt(format_args!("{}", location.line()));
    }
    super::host_calls::panic(buffer.bytes())
}

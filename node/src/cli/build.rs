//! placeholder until merged
pub(crate) fn idl_of_crate(_folder: &std::path::Path) -> anyhow::Result<Option<String>> {
    Ok(None)
}
pub(crate) fn idl_section(module: &[u8]) -> Option<&[u8]> {
    wasmparser::Parser::new(0).parse_all(module).find_map(|payload| match payload {
        Ok(wasmparser::Payload::CustomSection(section)) if section.name() == "sealane:idl" => {
            Some(section.data())
        }
        _ => None,
    })
}

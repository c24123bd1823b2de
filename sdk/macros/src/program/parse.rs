//! The user's module, parsed: its instructions, their discriminators, accounts and arguments.

use crate::discriminator;
use crate::documentation::{lines, split};
use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, Expr, ExprArray, ExprLit, FnArg, GenericArgument, Ident, Item, ItemFn, ItemMod, Lit,
    Pat, Path, PathArguments, PathSegment, Result, ReturnType, Token, Type, Visibility, bracketed,
};

/// More would make calls hard to read; a struct holds as many as one likes.
const MAX_ARGUMENT_COUNT: usize = 8;

/// What stands in the attribute's brackets.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) errors: Option<Path>,
    pub(crate) events: Vec<Path>,
}

/// A program.
pub(crate) struct ProgramInput {
    pub(crate) options: Options,
    /// The module's, as they were.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) docs: Vec<String>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    /// All that stands in the module, without the macro's own attributes.
    pub(crate) items: Vec<Item>,
    pub(crate) instructions: Vec<InstructionInput>,
}

/// One instruction.
pub(crate) struct InstructionInput {
    pub(crate) ident: Ident,
    pub(crate) docs: Vec<String>,
    pub(crate) discriminator: Vec<u8>,
    pub(crate) accounts: Type,
    pub(crate) arguments: Vec<(Ident, Type)>,
    /// What it returns beside success.
    pub(crate) returns: Option<Type>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut options = Self::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            match key.to_string().as_str() {
                "errors" => options.errors = Some(input.parse()?),
                "events" => {
                    let list;
                    bracketed!(list in input);
                    options.events =
                        Punctuated::<Path, Token![,]>::parse_terminated(&list)?.into_iter().collect();
                }
                _ => {
                    return Err(Error::new_spanned(
                        key,
                        "a program has `errors = Type` and `events = [Type, …]`",
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(options)
    }
}

impl ProgramInput {
    pub(crate) fn from_module(options: Options, module: ItemMod) -> Result<Self> {
        let Some((_, mut items)) = module.content else {
            return Err(Error::new_spanned(
                module.ident,
                "the instructions must stand in this file: write `pub mod name { … }`",
            ));
        };
        let mut instructions = Vec::new();
        for item in &mut items {
            if let Item::Fn(function) = item
                && matches!(function.vis, Visibility::Public(_))
            {
                instructions.push(instruction(function)?);
            }
        }
        if instructions.is_empty() {
            return Err(Error::new_spanned(
                module.ident,
                "the program has no instructions: each is a `pub fn name(context: Context<Accounts>) -> Result`",
            ));
        }
        check_discriminators(&instructions)?;
        let docs = lines(&module.attrs);
        Ok(Self {
            options,
            attributes: module.attrs,
            docs,
            vis: module.vis,
            ident: module.ident,
            items,
            instructions,
        })
    }
}

fn instruction(function: &mut ItemFn) -> Result<InstructionInput> {
    let (own, rest) = split(std::mem::take(&mut function.attrs), "instruction");
    function.attrs = rest;
    // The context is handed over whole, whether or not a function consumes it.
    function.attrs.push(syn::parse_quote!(#[allow(clippy::needless_pass_by_value, reason = "an instruction owns its context")]));
    let signature = &function.sig;
    if let Some(FnArg::Typed(first)) = signature.inputs.first() {
        check_context(&first.ty)?;
    }
    if !signature.generics.params.is_empty() || signature.asyncness.is_some() {
        return Err(Error::new_spanned(
            signature,
            "an instruction is a plain function: remove parameters in `<…>` and `async`",
        ));
    }
    let mut parameters = signature.inputs.iter();
    let accounts = parameters.next().and_then(accounts_of).ok_or_else(|| {
        Error::new_spanned(
            &signature.ident,
            "an instruction's first parameter is `context: Context<Accounts>`; if this is a helper, remove `pub`",
        )
    })?;
    let arguments = parameters.map(argument).collect::<Result<Vec<_>>>()?;
    if let Some((beyond, _)) = arguments.get(MAX_ARGUMENT_COUNT) {
        return Err(Error::new_spanned(
            beyond,
            "an instruction has at most 8 arguments: put them into a struct with `#[derive(Argument)]`",
        ));
    }
    let chosen = own.first().map(Attribute::parse_args::<Discriminator>).transpose()?;
    let discriminator = match chosen {
        Some(Discriminator(bytes)) => bytes,
        None => discriminator::of("global", &signature.ident.to_string()).to_vec(),
    };
    Ok(InstructionInput {
        ident: signature.ident.clone(),
        docs: lines(&function.attrs),
        discriminator,
        accounts,
        arguments,
        returns: returned(signature)?,
    })
}

/// Refuses what Anchor has in its contexts: lifetimes, and a reference to them.
fn check_context(ty: &Type) -> Result<()> {
    let inner = match ty {
        Type::Reference(reference) => &*reference.elem,
        other => other,
    };
    let Type::Path(path) = inner else { return Ok(()) };
    let Some(PathSegment { ident, arguments: PathArguments::AngleBracketed(arguments) }) =
        path.path.segments.last()
    else {
        return Ok(());
    };
    let lifetimes = arguments.args.iter().filter(|argument| matches!(argument, GenericArgument::Lifetime(_)));
    if ident != "Context" || (lifetimes.count() < 2 && std::ptr::eq(inner, ty)) {
        return Ok(());
    }
    let accounts = arguments.args.iter().rev().find_map(|argument| match argument {
        GenericArgument::Type(Type::Path(path)) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    });
    let accounts = accounts.map_or_else(|| "Accounts".to_owned(), ToString::to_string);
    Err(Error::new_spanned(
        ty,
        format!("write `Context<{accounts}>`: a context is given by value, and has no lifetimes"),
    ))
}

/// The `A` of `context: Context<A>`.
fn accounts_of(parameter: &FnArg) -> Option<Type> {
    let FnArg::Typed(parameter) = parameter else { return None };
    let Type::Path(path) = &*parameter.ty else { return None };
    let PathSegment { ident, arguments: PathArguments::AngleBracketed(arguments) } =
        path.path.segments.last()?
    else {
        return None;
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    if ident == "Context" { types.last() } else { None }
}

fn argument(parameter: &FnArg) -> Result<(Ident, Type)> {
    if let FnArg::Typed(parameter) = parameter
        && let Pat::Ident(pattern) = &*parameter.pat
    {
        return Ok((pattern.ident.clone(), (*parameter.ty).clone()));
    }
    Err(Error::new_spanned(
        parameter,
        "an argument has a name, which clients use: write `name: Type`, and take it apart inside",
    ))
}

/// The `T` of `-> Result<T>`, if it is more than `()`.
fn returned(signature: &syn::Signature) -> Result<Option<Type>> {
    let wrong = |span: Span| {
        Error::new(span, "an instruction returns `Result`, or `Result<T>` for a value that callers get")
    };
    let ReturnType::Type(_, ty) = &signature.output else { return Err(wrong(signature.ident.span())) };
    let Type::Path(path) = &**ty else { return Err(wrong(ty.span())) };
    let Some(segment) = path.path.segments.last() else { return Err(wrong(ty.span())) };
    if segment.ident == "ProgramResult" {
        return Ok(None);
    }
    if segment.ident != "Result" {
        return Err(wrong(ty.span()));
    }
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Ok(None) };
    match arguments.args.first() {
        Some(GenericArgument::Type(Type::Tuple(tuple))) if tuple.elems.is_empty() => Ok(None),
        Some(GenericArgument::Type(ty)) => Ok(Some(ty.clone())),
        _ => Ok(None),
    }
}

/// `discriminator = 3`, or `discriminator = [1, 2, 3, 4]`.
struct Discriminator(Vec<u8>);

impl Parse for Discriminator {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let help = "write `#[instruction(discriminator = 3)]`, or as many as 2, 4 or 8 bytes: `[1, 2, 3, 4]`";
        let key: Ident = input.parse().map_err(|error| Error::new(error.span(), help))?;
        if key != "discriminator" {
            return Err(Error::new_spanned(key, help));
        }
        input.parse::<Token![=]>()?;
        let value: Expr = input.parse()?;
        let bytes = match &value {
            Expr::Array(ExprArray { elems, .. }) => elems.iter().map(byte).collect::<Option<Vec<_>>>(),
            single => byte(single).map(|byte| vec![byte]),
        };
        match bytes {
            Some(bytes) if matches!(bytes.len(), 1 | 2 | 4 | 8) => Ok(Self(bytes)),
            _ => Err(Error::new_spanned(value, help)),
        }
    }
}

fn byte(expression: &Expr) -> Option<u8> {
    match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Byte(byte), .. }) => Some(byte.value()),
        _ => None,
    }
}

/// No discriminator may be the beginning of another one.
fn check_discriminators(instructions: &[InstructionInput]) -> Result<()> {
    for (index, one) in instructions.iter().enumerate() {
        for other in &instructions[..index] {
            if one.discriminator.starts_with(&other.discriminator)
                || other.discriminator.starts_with(&one.discriminator)
            {
                return Err(Error::new_spanned(
                    &one.ident,
                    format!(
                        "the discriminator begins as that of `{}`: choose another one with \
                         `#[instruction(discriminator = …)]`",
                        other.ident
                    ),
                ));
            }
        }
    }
    Ok(())
}

//! Units by stack of frames. A node is a frame with those below it; stacks that are the same are one node, however often
//! they came about.

use super::recorder::Recorded;
use sealane_sdk::Address;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FrameKind {
    /// A call of a program; the name is its address. Calls for different instructions are different frames.
    Program,
    /// A function of the program.
    Function,
    /// A host function, at its price.
    Host,
    /// What a call pays before its first instruction: for its memory and its input.
    Input,
    /// What was charged beyond the last sign of life of a call that was stopped.
    Stopped,
}

/// A frame, with the stack below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileFrame {
    /// Index of the frame it was called by; `None` at the bottom.
    pub parent: Option<usize>,
    /// What it is.
    pub kind: FrameKind,
    /// Its name.
    pub name: String,
    /// Of a call of a WebAssembly program, how its instruction data begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_head: Option<DataHead>,
    /// Units used by it, without those it called.
    pub own_units: u64,
    /// How often this stack came about.
    pub call_count: u64,
}

/// The first bytes of instruction data, as long as discriminators are; zeros follow data that is shorter.
pub type DataHead = [u8; 8];

/// Units by stack of frames.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    frames: Vec<ProfileFrame>,
}

/// What one function used, over all stacks it was on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FunctionUnits {
    /// Address of its program; for a call of a program, its own.
    pub program: String,
    /// What it is.
    pub kind: FrameKind,
    /// Its name.
    pub name: String,
    /// Units used by it, without those it called.
    pub own_units: u64,
    /// Units used by it and those it called.
    pub total_units: u64,
    /// How often it was called.
    pub call_count: u64,
}

impl Profile {
    /// The frames, each behind the one it was called by.
    #[must_use]
    pub fn frames(&self) -> &[ProfileFrame] {
        &self.frames
    }

    /// Calls programs by these names instead of their addresses, where there are any. `name` is given the address, and how the
    /// instruction data begins if that is known, so that it can name the instruction, too.
    pub fn name_programs(&mut self, name: impl Fn(&str, Option<&DataHead>) -> Option<String>) {
        for frame in self.frames.iter_mut().filter(|frame| frame.kind == FrameKind::Program) {
            if let Some(name) = name(&frame.name, frame.data_head.as_ref()) {
                frame.name = name;
            }
        }
    }

    /// All units.
    #[must_use]
    pub fn total_units(&self) -> u64 {
        self.frames.iter().map(|frame| frame.own_units).sum()
    }

    /// The stacks in which units were used, from the bottom to the top, and how many.
    pub fn stacks(&self) -> impl Iterator<Item = (Vec<&ProfileFrame>, u64)> {
        let used = (0..self.frames.len()).filter(|index| self.frames[*index].own_units > 0);
        used.map(|index| {
            let mut stack: Vec<&ProfileFrame> = self.below(index).map(|below| &self.frames[below]).collect();
            stack.reverse();
            (stack, self.frames[index].own_units)
        })
    }

    /// Each function with what it used, the most expensive first.
    #[must_use]
    pub fn functions(&self) -> Vec<FunctionUnits> {
        let mut functions: BTreeMap<(String, FrameKind, &str), FunctionUnits> = BTreeMap::new();
        for (index, frame) in self.frames.iter().enumerate() {
            let entry =
                functions.entry(self.key(index)).or_insert_with_key(|(program, kind, name)| FunctionUnits {
                    program: program.clone(),
                    kind: *kind,
                    name: (*name).to_owned(),
                    own_units: 0,
                    total_units: 0,
                    call_count: 0,
                });
            entry.own_units += frame.own_units;
            entry.call_count += frame.call_count;
            // Each function on the stack has part in it, once, even if it called itself.
            let mut counted = Vec::new();
            for below in self.below(index) {
                let key = self.key(below);
                if !counted.contains(&key) {
                    if let Some(function) = functions.get_mut(&key) {
                        function.total_units += frame.own_units;
                    }
                    counted.push(key);
                }
            }
        }
        let mut functions: Vec<FunctionUnits> = functions.into_values().collect();
        functions.sort_by_key(|function| std::cmp::Reverse(function.own_units));
        functions
    }

    /// Adds what another transaction used.
    pub fn add(&mut self, other: &Self) {
        let mut places: Vec<usize> = Vec::with_capacity(other.frames.len());
        for frame in &other.frames {
            let parent = frame.parent.map(|parent| places[parent]);
            let same = |known: &ProfileFrame| {
                (known.parent, known.kind, &known.name, known.data_head)
                    == (parent, frame.kind, &frame.name, frame.data_head)
            };
            let place = self.frames.iter().position(same).unwrap_or_else(|| {
                self.frames.push(ProfileFrame { parent, own_units: 0, call_count: 0, ..frame.clone() });
                self.frames.len() - 1
            });
            self.frames[place].own_units += frame.own_units;
            self.frames[place].call_count += frame.call_count;
            places.push(place);
        }
    }

    /// The frame and those below it, from the top.
    fn below(&self, index: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(index), |index| self.frames[*index].parent)
    }

    fn key(&self, index: usize) -> (String, FrameKind, &str) {
        let program = self.below(index).find(|below| self.frames[*below].kind == FrameKind::Program);
        let program = program.map_or_else(String::new, |program| self.frames[program].name.clone());
        (program, self.frames[index].kind, &self.frames[index].name)
    }
}

/// A node's position in the tree.
pub(super) type NodeId = usize;

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frame {
    Root,
    Program { address: Address, data_head: Option<DataHead> },
    Function { program: u32, function: u32, is_host: bool },
    Input,
    Stopped,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    parent: NodeId,
    frame: Frame,
    own_units: u64,
    call_count: u64,
}

/// A tree that grows.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    children: BTreeMap<(NodeId, Frame), NodeId>,
}

impl Default for Tree {
    fn default() -> Self {
        let root = Node { parent: Self::ROOT, frame: Frame::Root, own_units: 0, call_count: 0 };
        Self { nodes: vec![root], children: BTreeMap::new() }
    }
}

impl Tree {
    /// What stands below everything.
    pub(super) const ROOT: NodeId = 0;

    /// The node of `frame` on top of `parent`.
    pub(super) fn child(&mut self, parent: NodeId, frame: Frame) -> NodeId {
        *self.children.entry((parent, frame)).or_insert_with(|| {
            self.nodes.push(Node { parent, frame, own_units: 0, call_count: 0 });
            self.nodes.len() - 1
        })
    }

    pub(super) fn count(&mut self, node: NodeId) {
        self.nodes[node].call_count += 1;
    }

    pub(super) fn spend(&mut self, node: NodeId, units: u64) {
        self.nodes[node].own_units += units;
    }

    /// Units that turned out to be another's.
    pub(super) fn take_back(&mut self, node: NodeId, units: u64) {
        self.nodes[node].own_units = self.nodes[node].own_units.saturating_sub(units);
    }

    pub(super) fn is_host(&self, node: NodeId) -> bool {
        matches!(self.nodes[node].frame, Frame::Function { is_host: true, .. })
    }

    /// The tree with names.
    pub(super) fn named(self, programs: &[Recorded]) -> Profile {
        // The root is no frame.
        let frames = self.nodes.iter().skip(1).map(|node| {
            let mut head = None;
            let (kind, name) = match node.frame {
                Frame::Root => (FrameKind::Program, String::new()),
                Frame::Program { address, data_head } => {
                    head = data_head;
                    (FrameKind::Program, address.to_string())
                }
                Frame::Input => (FrameKind::Input, "(instance and input)".to_owned()),
                Frame::Stopped => (FrameKind::Stopped, "(until it was stopped)".to_owned()),
                Frame::Function { program, function, is_host } => {
                    let names = programs.get(program as usize).map(|program| &program.names);
                    let name = names.and_then(|names| names.get(function as usize)).cloned();
                    let kind = if is_host { FrameKind::Host } else { FrameKind::Function };
                    (kind, name.unwrap_or_else(|| format!("function {function}")))
                }
            };
            let parent = node.parent.checked_sub(1);
            let Node { own_units, call_count, .. } = *node;
            ProfileFrame { parent, kind, name, data_head: head, own_units, call_count }
        });
        Profile { frames: frames.collect() }
    }
}

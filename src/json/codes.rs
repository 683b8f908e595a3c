//! The table form in which fault codes are written.

/// Declares an enum of fault codes: for each its wire name, HTTP status and one sentence in Ukrainian and in English.
macro_rules! codes {
    (
        $(#[$doc:meta])* $enum:ident {
            $( $variant:ident $name:literal $status:literal $uk:literal $en:literal )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $enum {
            $( #[doc = $en] $variant, )*
        }

        impl $enum {
            /// Every code, in the order of the table.
            pub const ALL: &'static [$enum] = &[$( $enum::$variant ),*];

            /// The name on the wire.
            pub fn name(self) -> &'static str {
                match self { $( $enum::$variant => $name, )* }
            }

            /// The HTTP status of an answer that carries this code.
            pub fn status(self) -> u16 {
                match self { $( $enum::$variant => $status, )* }
            }

            /// Whether the same bytes may succeed later: never, for a fault of form.
            pub fn retryable(self) -> bool {
                false
            }

            /// What is wrong, in Ukrainian.
            pub fn uk(self) -> &'static str {
                match self { $( $enum::$variant => $uk, )* }
            }

            /// What is wrong, in English.
            pub fn en(self) -> &'static str {
                match self { $( $enum::$variant => $en, )* }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

pub(crate) use codes;

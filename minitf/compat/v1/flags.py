"""`tf.flags`: command-line options that a program defines, after absl's."""

import sys


class Error(Exception):
    """Base class of what is wrong with flags."""


class IllegalFlagValueError(Error):
    """A flag's text cannot be read as its kind of value."""


class UnrecognizedFlagError(Error):
    """The command line names a flag that is not defined."""


class UnparsedFlagAccessError(Error):
    """A flag is read before the command line was."""


class DuplicateFlagError(Error):
    """A flag is defined a second time."""


class _Flag:
    def __init__(self, name, default, help, read):
        self.name, self.default, self.help, self.read = name, default, help, read
        self.value, self.present = default, 0


class FlagValues:
    """All flags: their values are attributes; calling it reads a command line.

    >>> flags = FlagValues()
    >>> flags._define("steps", 10, "How many steps.", int)
    >>> flags(["program", "--steps=3", "rest"]), flags.steps
    (['program', 'rest'], 3)
    """

    def __init__(self):
        object.__setattr__(self, "_flags", {})
        object.__setattr__(self, "_parsed", False)

    def _define(self, name, default, help, read):
        if name in self._flags:
            raise DuplicateFlagError(f"The flag '{name}' is defined twice.")
        default = read(default) if isinstance(default, str) else default
        self._flags[name] = _Flag(name, default, help, read)

    def __getattr__(self, name):
        if name.startswith("__") or name not in self._flags:
            raise AttributeError(name)
        if not self._parsed:
            self(sys.argv, known_only=True)
        return self._flags[name].value

    def __setattr__(self, name, value):
        if name not in self._flags:
            raise AttributeError(name)
        self._flags[name].value = value

    def __getitem__(self, name):
        return self._flags[name]

    def __contains__(self, name):
        return name in self._flags

    def __iter__(self):
        return iter(self._flags)

    def __len__(self):
        return len(self._flags)

    def __delattr__(self, name):
        del self._flags[name]

    def mark_as_parsed(self):
        object.__setattr__(self, "_parsed", True)

    def is_parsed(self):
        return self._parsed

    def flag_values_dict(self):
        return {name: flag.value for name, flag in self._flags.items()}

    def get_help(self):
        """What `--help` prints."""
        return "\n".join(f"  --{f.name}: {f.help}\n    (default: {f.default!r})"
                         for f in self._flags.values())  # fmt: skip

    def __call__(self, argv, known_only=False):
        """Reads the flags of a command line; returns the rest of it.

        Raises:
          UnrecognizedFlagError: a flag is not defined.
          IllegalFlagValueError: a value cannot be read.
        """
        rest, words = list(argv[:1]), list(argv[1:])
        while words:
            word = words.pop(0)
            if word == "--":
                rest += words
                break
            if not word.startswith("-") or word == "-":
                rest.append(word)
                continue
            name, equals, text = word.lstrip("-").partition("=")
            flag, negated = self._find(name)
            if flag is None:
                if known_only:
                    rest.append(word)
                    continue
                raise UnrecognizedFlagError(f"Unknown command line flag '{name}'")
            if not equals:
                is_switch = flag.read is as_bool
                text = ("false" if negated else "true") if is_switch else words.pop(0)
            self._set(flag, text)
        self.mark_as_parsed()
        return rest

    def _find(self, name):
        if name in self._flags:
            return self._flags[name], False
        plain = self._flags.get(name[2:]) if name.startswith("no") else None
        return (plain, True) if plain is not None and plain.read is as_bool else (None, False)

    def _set(self, flag, text):
        try:
            flag.value = flag.read(text)
        except ValueError as error:
            raise IllegalFlagValueError(f"flag --{flag.name}={text}: {error}") from None
        flag.present += 1


FLAGS = FlagValues()


def as_bool(text):
    """The truth that `text` names; ValueError if it names none."""
    if isinstance(text, bool):
        return text
    words = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
    if str(text).lower() not in words:
        raise ValueError(f"Non-boolean argument to boolean flag: {text}")
    return words[str(text).lower()]


def _as_list(text):
    return text if isinstance(text, list) else [x.strip() for x in text.split(",") if x.strip()]


def _definer(kind, read):
    def define(name, default, help, flag_values=FLAGS, **args):
        flag_values._define(name, default, help, read)

    define.__name__ = f"DEFINE_{kind}"
    define.__doc__ = f"Defines a flag of kind {kind}: its name, default and help text."
    return define


DEFINE_string = _definer("string", str)
DEFINE_integer = _definer("integer", int)
DEFINE_float = _definer("float", float)
DEFINE_bool = DEFINE_boolean = _definer("boolean", as_bool)
DEFINE_list = _definer("list", _as_list)


def DEFINE_enum(name, default, enum_values, help, flag_values=FLAGS, **args):  # noqa: N802
    """Defines a flag whose value is one of `enum_values`."""

    def read(text):
        if text not in enum_values:
            raise ValueError(f"value should be one of <{'|'.join(enum_values)}>")
        return text

    flag_values._define(name, default, help, read)


def mark_flag_as_required(flag_name, flag_values=FLAGS):
    """IllegalFlagValueError, once the command line is read, if the flag is still None."""
    flag = flag_values[flag_name]
    if flag_values.is_parsed() and flag.value is None:
        raise IllegalFlagValueError(f"flag --{flag_name}=None: Flag --{flag_name} must have a "
                                    "value other than None.")  # fmt: skip

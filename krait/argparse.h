#pragma once
// Command lines. Python: argparse
#include "krait/argparse/actions.h"
#include "krait/argparse/arguments.h"
#include "krait/argparse/formatters.h"
#include "krait/argparse/groups.h"
#include "krait/argparse/namespace.h"
#include "krait/argparse/parser.h"
#include "krait/argparse/subparsers.h"
#include "krait/argparse/types.h"
#include "krait/argparse/value.h"

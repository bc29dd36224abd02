# SPDX-License-Identifier: BSD-2-Clause
"""The parts of tools/bootbench: what is measured, how, and how it is shown."""

# SPDX-License-Identifier: BSD-2-Clause
# nix-build packaging/nix
{ pkgs ? import <nixpkgs> { } }:

let
  python = pkgs.python3.withPackages (p: [ p.kconfiglib p.pyelftools p.rich p.matplotlib ]);
in
pkgs.stdenv.mkDerivation {
  pname = "slipway";
  version = "0.1";
  src = ../..;
  # At build time for the scripts, and in the first lines of the tools that are installed.
  nativeBuildInputs = [ python ];
  buildInputs = [ python ];

  # What Nix adds to a compiler's options is for programs of the host.
  hardeningDisable = [ "all" ];
  postPatch = "patchShebangs scripts tools";
  makeFlags = [ "PREFIX=${placeholder "out"}" "PYTHON=${python}/bin/python3" "VERSION=v0.1" ];
  buildFlags = [ "all" "guests" "man" ];

  meta = {
    description = "PC BIOS for QEMU that starts kernels fast";
    license = pkgs.lib.licenses.bsd2;
    platforms = [ "x86_64-linux" "i686-linux" ];
  };
}

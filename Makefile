# SPDX-License-Identifier: Apache-2.0
# Short names for the scripts.  CMake does the building.
PRESET = release
PREFIX = /usr/local

.PHONY: help demo check build install tidy format clean

help:
	@echo 'make demo      verify evidence that the simulator made, and see a forgery refused'
	@echo 'make check     build with and without sanitizers, run every test and check'
	@echo 'make build     build [PRESET=release]'
	@echo 'make install   install what was built [PREFIX=/usr/local DESTDIR=]'
	@echo 'make tidy      clang-tidy on everything'
	@echo 'make format    clang-format on everything'
	@echo 'make clean     remove build/'

demo:
	sh scripts/demo

check:
	sh scripts/ci

build:
	sh scripts/setup build
	sh scripts/build $(PRESET)

install:
	cmake --install build/$(PRESET) --prefix $(PREFIX)

tidy:
	sh scripts/tidy

format:
	git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf build

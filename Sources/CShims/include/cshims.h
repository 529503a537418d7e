#ifndef IMGTOOL_CSHIMS_H
#define IMGTOOL_CSHIMS_H

#include "arguments.h"
#include "bytes.h"
#include "deflatekernels.h"
#include "foreigncopy.h"
#include "guard.h"
#include "inflate.h"
#include "interrupt.h"
#include "linuxcalls.h"
#include "jpegshim.h"
#include "locks.h"
#include "logarithm.h"
#include "pixelkernels.h"
#include "pngbigrams.h"
#include "pngfilter.h"
#include "pngshim.h"
#include "pngunfilter.h"
#include "processor.h"
#include "screen.h"
#include "sha256.h"
#include "signals.h"
#include "terminal.h"
#include "tiffshim.h"
#include "undo.h"

#endif

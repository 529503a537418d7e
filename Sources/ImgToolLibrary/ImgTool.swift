// One import for those who use the library: its floors, without the command line.
@_exported import ImageFiles
@_exported import PixelMemory
@_exported import PixelViews

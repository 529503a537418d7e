import ImgToolKit

Tool.main()
